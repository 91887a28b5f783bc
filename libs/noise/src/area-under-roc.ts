/**
 * Area under the ROC curve: the chance that a random positive scores higher than a random negative, ties counted half
 * (Mann and Whitney's U from midranks).
 * @param scores [count], higher = more positive
 * @param isPositive [count]
 * @returns 0..1, or null without positives or without negatives
 */
export function areaUnderRoc(scores: ArrayLike<number>, isPositive: ArrayLike<boolean>): number | null {
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
