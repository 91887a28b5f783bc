/** What `npm run bench -- studio` measures, in this order. */
export const STUDIO_PART_NAMES = [
  'server',
  'scrolling',
  'map',
  'decisions',
  'runs',
  'counts',
  'hostile',
  'training',
] as const;
export type StudioPart = (typeof STUDIO_PART_NAMES)[number];
