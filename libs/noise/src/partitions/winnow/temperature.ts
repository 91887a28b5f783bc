import { evenlySpacedRows } from '../../linear-algebra/sampled-rows';
import type { CandidateClasses } from './candidate-classes';

const MAX_ROWS = 4096;
const BISECTIONS = 40;
/** Of the temperature searched, in natural logarithms about the mean distance to the largest logit. */
const HALF_RANGE = 6;

/** Fraction of the disagreement between labels and teacher that is taken for wrong labels before the fit. */
const WRONG_FRACTION = 2 / 3;

/**
 * A temperature to start from, without knowing which labels are right: the mean of the teacher's largest probability
 * becomes a + 2/3 (1 - a), where a is the share of images whose label is the teacher's class: two thirds of their
 * disagreement are taken for wrong labels, the rest for the teacher's errors. It follows the scale of the logits.
 * @param labels given labels, [count]
 */
export function startTemperature({ classes, logits, width }: CandidateClasses, labels: Int32Array): number {
  const count = labels.length;
  const agreeing = labels.reduce((sum, label, row) => sum + (label === classes[row * width] ? 1 : 0), 0);
  const wanted = agreeing / count + WRONG_FRACTION * (1 - agreeing / count);
  const spread = -logits.reduce((sum, logit) => sum + logit, 0) / logits.length;
  if (!(spread > 0)) return 1;
  const rows = Array.from(evenlySpacedRows(count, MAX_ROWS), (row) => logits.subarray(row * width, (row + 1) * width));
  let [low, high] = [Math.log(spread) - HALF_RANGE, Math.log(spread) + HALF_RANGE];
  for (let step = 0; step < BISECTIONS; step += 1) {
    const middle = (low + high) / 2;
    if (meanConfidence(rows, Math.exp(-middle)) > wanted) low = middle;
    else high = middle;
  }
  return Math.exp((low + high) / 2);
}

/** What the labels say about the inverse temperature b, summed over images. */
export interface TemperatureEvidence {
  /** Posterior mean of the logit minus its mean under p, times the chance to be known: the slope of the likelihood. */
  readonly slope: number;
  /** Variance of the logit under p, weighted alike: the likelihood is concave in b. */
  readonly curvature: number;
  readonly count: number;
}

/** Weight of the start, an image. People confuse what the teacher confuses, so the likelihood alone ends too hot. */
const START_WEIGHT = 0.1;
const MAX_CHANGE = 1.25;

/**
 * One Newton step, in log b, towards the temperature under which the given labels, seen through noise channel and open
 * share, are most likely, with a normal prior on log b about the start (`START_WEIGHT` an image).
 * @returns the new inverse temperature, changed by a factor of at most 1.25
 */
export function temperatureStep(
  inverse: number,
  startInverse: number,
  { slope, curvature, count }: TemperatureEvidence,
): number {
  const weight = START_WEIGHT * count;
  const step = (inverse * slope - weight * Math.log(inverse / startInverse)) / (inverse ** 2 * curvature + weight);
  return inverse * Math.min(MAX_CHANGE, Math.max(1 / MAX_CHANGE, Math.exp(step)));
}

/** Mean of the largest probability; the largest logit of every row is 0. */
function meanConfidence(rows: readonly Float32Array[], inverse: number): number {
  let total = 0;
  for (const row of rows) {
    let sum = 0;
    for (let at = 0; at < row.length; at += 1) sum += Math.exp((row[at] as number) * inverse);
    total += 1 / sum;
  }
  return total / rows.length;
}
