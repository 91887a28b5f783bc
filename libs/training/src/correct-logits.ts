import type { Prediction } from './predict';
import type { PoolSplit } from './training-data';

/** Above it, the given label is likelier than everything else together. */
const TRUSTED = 0.5;

/**
 * Where the split holds the given label y for right (P(clean) = c > 1/2) and the teacher prefers another class k, the
 * logits of the two are exchanged by the share c: z_y' = z_y + c (z_k - z_y), z_k' = z_k - c (z_k - z_y), what an exchange
 * gives in the mean. Their sum, and every other logit, stays. Wen, Lai and Qian, "Preparing Lessons: Improve Knowledge
 * Distillation with Better Supervision", 2019, exchange probabilities (section 3.1), for labels that are all right.
 * @param answers its logits are changed in place
 * @returns how many pictures were corrected
 */
export function correctLogits(
  { count, classCount, logits }: Pick<Prediction, 'count' | 'classCount' | 'logits'>,
  { labels, split }: { readonly labels: Int32Array; readonly split: Pick<PoolSplit, 'probabilities'> },
): number {
  let corrected = 0;
  for (let row = 0; row < count; row += 1) {
    const clean = split.probabilities[row * 3] as number;
    if (!(clean > TRUSTED)) continue;
    const own = logits.subarray(row * classCount, (row + 1) * classCount);
    const given = labels[row] as number;
    const best = own.indexOf(Math.max(...own));
    const gap = clean * ((own[best] as number) - (own[given] as number));
    if (best === given) continue;
    own[best] = (own[best] as number) - gap;
    own[given] = (own[given] as number) + gap;
    corrected += 1;
  }
  return corrected;
}
