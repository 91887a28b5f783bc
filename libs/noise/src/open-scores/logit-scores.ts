import { checkLogits, requireImages } from '../check-input';
import { argmaxRows, classLogOdds, sigmoid } from '../row-math';
import type { OpenScore } from './open-score';

/** A score of an image's logits that needs no pool. */
function logitScore(name: string, score: (row: Float32Array) => number): OpenScore {
  return {
    name,
    needsFeatures: false,
    fit: ({ logits, labels, classCount }) => {
      checkLogits(logits, labels, classCount);
      requireImages(labels);
      return (image) => score(logits.subarray(image * classCount, (image + 1) * classCount));
    },
  };
}

/** `log sum exp` of a row, without overflow. */
export function logSumExp(row: ArrayLike<number>): number {
  let highest = -Infinity;
  for (let k = 0; k < row.length; k += 1) highest = Math.max(highest, row[k] as number);
  let sum = 0;
  for (let k = 0; k < row.length; k += 1) sum += Math.exp((row[k] as number) - highest);
  return highest + Math.log(sum);
}

/**
 * One minus the largest class probability. Hendrycks and Gimpel, "A Baseline for Detecting Misclassified and
 * Out-of-Distribution Examples in Neural Networks", ICLR 2017.
 */
export const maximumProbability = logitScore('msp', (row) =>
  sigmoid(-classLogOdds(row, argmaxRows(row, row.length)[0] as number)),
);

/**
 * Minus the largest logit. Hendrycks et al., "Scaling Out-of-Distribution Detection for Real-World Settings", ICML 2022.
 */
export const maxLogit = logitScore(
  'max-logit',
  (row) => -row.reduce((most, logit) => Math.max(most, logit), -Infinity),
);

/** Free energy `-log sum exp z` at temperature 1. Liu et al., "Energy-based Out-of-distribution Detection", NeurIPS 2020. */
export const energy = logitScore('energy', (row) => -logSumExp(row));

/** Entropy of the class probabilities, nats: largest where the teacher spreads its belief evenly. */
export const entropy = logitScore('entropy', (row) => {
  const logTotal = logSumExp(row);
  return row.reduce((sum, logit) => sum - Math.exp(logit - logTotal) * (logit - logTotal), 0);
});
