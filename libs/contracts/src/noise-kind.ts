/** The three kinds of a web label: right, wrong within the known classes, and image of no known class. */
export const NOISE_KINDS = ['clean', 'closed', 'open'] as const;

export type NoiseKind = (typeof NOISE_KINDS)[number];
