import { checkLogits } from '../check-input';
import { argmaxRows, classLogOdds, largestOfRows, minMaxScale } from '../row-math';
import type { SplitInput, SplitResult } from '../split';
import { fitGaussianMixture1d, mixturePosteriors } from './gaussian-mixture';
import { gradedKinds } from './graded-kinds';

/** DivideMix's; its mixtures are fitted to values scaled to 0..1. */
const MIXTURE = { components: 2, maxIterations: 10, tolerance: 1e-2, covarianceRegulariser: 5e-4 };

/**
 * The small-loss rule: a two-component mixture on the min-max scaled cross-entropy of the given label under the
 * teacher; where the component of the small mean is at least as likely as the other, the label is right. Li, Socher and
 * Hoi, "DivideMix", ICLR 2020, section 3.1. DivideMix knows no open kind: what is not clean is divided here by a second
 * such mixture, on the teacher's largest logit (scaled over what is not clean), large = closed, small = open.
 * @throws WinnowError SHAPE_MISMATCH, DATA_CORRUPT, or MISSING_INPUT for an empty pool
 */
export function smallLossSplit({ logits, labels, classCount, seed }: SplitInput): SplitResult {
  checkLogits(logits, labels, classCount);
  const loss = minMaxScale(crossEntropies(logits, labels, classCount));
  const first = fitGaussianMixture1d(loss, { ...MIXTURE, seed });
  const { low: right, high: wrong } = sides(first.responsibilities, loss.length);
  const isNoisy = right.map((fraction, image) => Number(fraction < (wrong[image] as number)));
  const { low: unknown, high: known } = divideNoisy(largestOfRows(logits, classCount), isNoisy, seed);
  return {
    ...gradedKinds({ right, wrong, known, unknown }),
    refinedLabels: argmaxRows(logits, classCount),
    score: Float32Array.from(loss),
  };
}

/** Posteriors of the component with the lower mean and of the one with the higher, [count]. */
interface Sides {
  readonly low: Float64Array;
  readonly high: Float64Array;
}

/** Nats, [count]. */
function crossEntropies(logits: Float32Array, labels: Int32Array, classCount: number): Float64Array {
  return Float64Array.from(labels, (label, image) => {
    const logOdds = classLogOdds(logits.subarray(image * classCount, (image + 1) * classCount), label);
    // -log p = log(1 + exp(-log odds)), without overflow
    return Math.max(-logOdds, 0) + Math.log1p(Math.exp(-Math.abs(logOdds)));
  });
}

/** Where all values were equal there is one component only: everything belongs to the low side. */
function sides(posteriors: Float64Array, count: number): Sides {
  if (posteriors.length === count) return { low: new Float64Array(count).fill(1), high: new Float64Array(count) };
  return { low: posteriors.filter((_, at) => at % 2 === 0), high: posteriors.filter((_, at) => at % 2 === 1) };
}

/** Fitted to what is noisy, read for all; a half for both where what is noisy does not differ. */
function divideNoisy(strength: Float64Array, isNoisy: Float64Array, seed: number | string): Sides {
  const noisy = strength.filter((_, image) => isNoisy[image] === 1);
  const lowest = noisy.reduce((least, value) => Math.min(least, value), Infinity);
  const span = noisy.reduce((most, value) => Math.max(most, value), -Infinity) - lowest;
  if (!(span > 0)) return { low: strength.map(() => 0.5), high: strength.map(() => 0.5) };
  const scaled = strength.map((value) => (value - lowest) / span);
  const mixture = fitGaussianMixture1d(
    scaled.filter((_, image) => isNoisy[image] === 1),
    { ...MIXTURE, seed: `${seed}/noisy` },
  );
  return sides(mixturePosteriors(mixture, scaled), strength.length);
}
