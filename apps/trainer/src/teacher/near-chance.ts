/** Of the way from chance to always right: a teacher that does not get so far has nothing to teach. */
const MIN_FRACTION = 0.1;

/**
 * Whether a network agrees with labels about as seldom as one that guesses would.
 * @param agreement fraction of images, 0..1
 */
export function isNearChance(agreement: number, classCount: number): boolean {
  const chance = 1 / classCount;
  return agreement < chance + MIN_FRACTION * (1 - chance);
}
