import type { NoiseKind } from '@winnow/contracts';

/** True label of a picture of no known class. */
export const NO_CLASS = -1;

/**
 * The true kind of a label. A label that was drawn at random and happens to be right is clean.
 * @param given class index
 * @param truth class index, or NO_CLASS
 */
export function trueKind(given: number, truth: number): NoiseKind {
  if (truth === NO_CLASS) return 'open';
  return given === truth ? 'clean' : 'closed';
}
