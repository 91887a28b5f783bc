/**
 * How many neighbours to ask: half a class of average size, at least one and no more than `most`, so that in a small
 * pool a vote is not decided by other classes.
 */
export function neighbourCount(references: number, classCount: number, most: number): number {
  return Math.max(1, Math.min(most, Math.floor(references / (2 * classCount))));
}
