import { NOISE_KINDS } from '@winnow/contracts';
import type { NoiseKind } from '@winnow/contracts';
import { checkLogits } from '../check-input';
import { argmaxRows, minMaxScale } from '../row-math';
import type { SplitInput, SplitResult } from '../split';
import { fitGaussianMixture1d } from './gaussian-mixture';
import type { GaussianMixture } from './gaussian-mixture';

const MIXTURE = { components: 20, maxIterations: 10, tolerance: 1e-2, covarianceRegulariser: 5e-4 };
const CLEAN_BELOW = 0.3;
const CLOSED_ABOVE = 0.9;

/**
 * The paper's split: a 20-component mixture on the min-max scaled evidential loss; components with a mean below .3 are
 * clean, above .9 closed, between them open; an image goes to the kind with the largest posterior (the first of clean,
 * closed, open among equals). The smallest loss is clean and the largest closed whatever their posterior.
 * Sachdeva et al., "EvidentialMix", WACV 2021, section 3.1, with the thresholds of Tang et al., IEEE TIP 2024.
 * @throws WinnowError SHAPE_MISMATCH, DATA_CORRUPT, or MISSING_INPUT for an empty pool
 */
export function edlGmmSplit({ logits, labels, classCount, seed }: SplitInput): SplitResult {
  const loss = minMaxScale(evidentialLoss(logits, labels, classCount));
  const mixture = fitGaussianMixture1d(loss, { ...MIXTURE, seed });
  const probabilities = kindPosteriors(mixture, loss.length);
  const kinds = Uint8Array.from(argmaxRows(probabilities, NOISE_KINDS.length));
  // Scaled to 0..1, so the extremes are exactly these; where all losses are equal, everything stays clean.
  if (loss.includes(1)) kinds[loss.indexOf(1)] = NOISE_KINDS.indexOf('closed');
  kinds[loss.indexOf(0)] = NOISE_KINDS.indexOf('clean');
  return { kinds, probabilities, refinedLabels: argmaxRows(logits, classCount), score: Float32Array.from(loss) };
}

function kindOfMean(mean: number): NoiseKind {
  if (mean < CLEAN_BELOW) return 'clean';
  return mean > CLOSED_ABOVE ? 'closed' : 'open';
}

/** Sums the responsibilities of each kind's components, [count, 3]. */
function kindPosteriors({ means, responsibilities }: GaussianMixture, count: number): Float32Array {
  const kindOfComponent = Array.from(means, (mean) => NOISE_KINDS.indexOf(kindOfMean(mean)));
  const posteriors = new Float64Array(count * NOISE_KINDS.length);
  responsibilities.forEach((responsibility, at) => {
    const image = Math.floor(at / means.length);
    const kind = kindOfComponent[at % means.length] as number;
    const to = image * NOISE_KINDS.length + kind;
    posteriors[to] = (posteriors[to] as number) + responsibility;
  });
  return Float32Array.from(posteriors);
}

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
