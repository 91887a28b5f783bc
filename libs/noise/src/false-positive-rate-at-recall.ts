/**
 * Share of negatives at or above the highest threshold that still finds `recall` of the positives.
 * @param scores [count], higher = more positive
 * @param isPositive [count]
 * @param recall in (0, 1]
 * @returns 0..1, or null without positives or without negatives
 */
export function falsePositiveRateAtRecall(
  scores: ArrayLike<number>,
  isPositive: ArrayLike<boolean>,
  recall: number,
): number | null {
  const positives = Array.from(scores).filter((_, index) => isPositive[index]);
  const negatives = Array.from(scores).filter((_, index) => !isPositive[index]);
  if (positives.length === 0 || negatives.length === 0) return null;
  positives.sort((a, b) => b - a);
  // The small slack keeps .95 * 20 at 19 where floating point makes it a little more.
  const needed = Math.max(1, Math.ceil(recall * positives.length - 1e-9));
  const threshold = positives[needed - 1] as number;
  return negatives.filter((score) => score >= threshold).length / negatives.length;
}
