import { checkLogits } from './check-logits';

/**
 * Evidential (Dirichlet) squared error of every image's given label, from the frozen teacher's logits.
 * With evidence e = max(z, 0), alpha = e + 1, S = sum alpha and one-hot y:
 * `L = sum_k (y_k - alpha_k / S)^2 + sum_k alpha_k (S - alpha_k) / (S^2 (S + 1))`.
 * Sensoy, Kaplan and Kandemir, "Evidential Deep Learning to Quantify Classification Uncertainty", NeurIPS 2018,
 * equation 5; used on web labels by Sachdeva et al., WACV 2021, and Tang et al., IEEE TIP 2024.
 * @param logits [count, classCount], row-major
 * @param labels given class of every image, [count]
 * @returns [count], each in 0..2
 * @throws WinnowError SHAPE_MISMATCH or DATA_CORRUPT
 */
export function evidentialLoss(logits: Float32Array, labels: ArrayLike<number>, classCount: number): Float64Array {
  checkLogits(logits, labels, classCount);
  return Float64Array.from({ length: labels.length }, (_, image) =>
    lossOfRow(logits.subarray(image * classCount, (image + 1) * classCount), labels[image] as number),
  );
}

function lossOfRow(row: Float32Array, label: number): number {
  let total = row.length;
  for (const logit of row) total += Math.max(logit, 0);
  let error = 0;
  let variance = 0;
  row.forEach((logit, index) => {
    const alpha = Math.max(logit, 0) + 1;
    error += ((index === label ? 1 : 0) - alpha / total) ** 2;
    variance += (alpha * (total - alpha)) / (total * total * (total + 1));
  });
  return error + variance;
}
