import { WinnowError } from '@winnow/contracts';

/**
 * Area under the ROC curve: the chance that a random positive scores higher than a random negative, ties counted half
 * (Mann and Whitney's U from midranks).
 * @param scores [count], higher = more positive
 * @param isPositive [count]
 * @returns 0..1, or null without positives or without negatives
 * @throws WinnowError DATA_CORRUPT for a score that is not a number
 */
export function areaUnderRoc(scores: ArrayLike<number>, isPositive: ArrayLike<boolean>): number | null {
  for (let at = 0; at < scores.length; at += 1) {
    if (!Number.isNaN(scores[at])) continue;
    throw new WinnowError('DATA_CORRUPT', `the score of image ${at} is not a number`, {
      where: 'areaUnderRoc',
      next: 'Look at what it was computed from.',
    });
  }
  const order = Array.from({ length: scores.length }, (_, index) => index);
  order.sort((a, b) => (scores[a] as number) - (scores[b] as number));
  let positives = 0;
  let rankSum = 0;
  for (let start = 0; start < order.length;) {
    const score = scores[order[start] as number];
    let end = start;
    while (end < order.length && scores[order[end] as number] === score) end += 1;
    const midrank = (start + 1 + end) / 2;
    for (let at = start; at < end; at += 1) {
      if (!isPositive[order[at] as number]) continue;
      positives += 1;
      rankSum += midrank;
    }
    start = end;
  }
  const negatives = scores.length - positives;
  if (positives === 0 || negatives === 0) return null;
  return (rankSum - (positives * (positives + 1)) / 2) / (positives * negatives);
}

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
