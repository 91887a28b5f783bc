import { edlGmmSplit } from './edl-gmm-split';
import type { Split } from './split';

/** Ways to tell clean, closed and open apart, by name; to add one, add a line. */
export const SPLITS = { 'edl-gmm': edlGmmSplit } as const satisfies Record<string, Split>;

export type SplitName = keyof typeof SPLITS;
