import { NOISE_KINDS } from '@winnow/contracts';
import { NO_CLASS, type SplitResult, trueKind } from '@winnow/noise';

/**
 * The split that knows the truth: what a method would reach with it bounds what a better split can give.
 * @param split whose refined labels stay for images of no known class
 * @param truth true labels, NO_CLASS for none, [count]
 */
export function oracleSplit(
  split: SplitResult,
  { labels, truth }: { readonly labels: Int32Array; readonly truth: Int32Array },
): SplitResult {
  const kinds = Uint8Array.from(truth, (label, row) => NOISE_KINDS.indexOf(trueKind(labels[row] as number, label)));
  const probabilities = new Float32Array(truth.length * NOISE_KINDS.length);
  kinds.forEach((kind, row) => (probabilities[row * NOISE_KINDS.length + kind] = 1));
  return {
    ...split,
    kinds,
    probabilities,
    refinedLabels: truth.map((label, row) => (label === NO_CLASS ? (split.refinedLabels[row] as number) : label)),
  };
}
