import { argmaxRows } from '@winnow/noise';

/** Logits or probabilities, [count, classCount], row-major. */
export interface ClassScores {
  readonly count: number;
  readonly classCount: number;
  readonly logits: ArrayLike<number>;
}

/** The best class of every row, [count]; the first among equals. */
export function predictedClasses({ logits, classCount }: ClassScores): Int32Array {
  return argmaxRows(logits, classCount);
}

/** Share of rows whose best class is the label, 0..1; NaN for no rows. */
export function accuracy(scores: ClassScores, labels: ArrayLike<number>): number {
  return shareEqual(predictedClasses(scores), labels);
}

/** Share of rows on which both have the same best class, 0..1; NaN for no rows. */
export function agreement(a: ClassScores, b: ClassScores): number {
  return shareEqual(predictedClasses(a), predictedClasses(b));
}

/** Accuracy by class name, 0..1; classes without images are left out. */
export function perClassAccuracy(
  scores: ClassScores,
  labels: ArrayLike<number>,
  classes: readonly string[],
): Record<string, number> {
  const predicted = predictedClasses(scores);
  const counts = new Int32Array(classes.length);
  const hits = new Int32Array(classes.length);
  predicted.forEach((best, row) => {
    const label = labels[row] as number;
    counts[label] = (counts[label] as number) + 1;
    if (best === label) hits[label] = (hits[label] as number) + 1;
  });
  const fractions = classes.map((name, index) => [name, (hits[index] as number) / (counts[index] as number)] as const);
  return Object.fromEntries(fractions.filter((_, index) => counts[index] !== 0));
}

/** Largest softmax probability of every row, [count]. */
export function confidences(scores: ClassScores): Float64Array {
  return Float64Array.from(predictedClasses(scores), (best, row) => largestProbability(scores, row, best));
}

/**
 * Expected calibration error: mean gap of confidence (largest softmax probability) and accuracy over equally wide
 * bins, weighted by their share. Guo et al., "On Calibration of Modern Neural Networks", ICML 2017, equation 3.
 * @returns 0..1
 */
export function calibrationError(scores: ClassScores, labels: ArrayLike<number>, bins = 15): number {
  const predicted = predictedClasses(scores);
  const gaps = new Float64Array(bins);
  predicted.forEach((best, row) => {
    const confidence = largestProbability(scores, row, best);
    const bin = Math.min(bins - 1, Math.floor(confidence * bins));
    gaps[bin] = (gaps[bin] as number) + confidence - (labels[row] === best ? 1 : 0);
  });
  return gaps.reduce((sum, gap) => sum + Math.abs(gap), 0) / scores.count;
}

function largestProbability({ logits, classCount }: ClassScores, row: number, best: number): number {
  const top = logits[row * classCount + best] as number;
  let sum = 0;
  for (let column = 0; column < classCount; column += 1) {
    sum += Math.exp((logits[row * classCount + column] as number) - top);
  }
  return 1 / sum;
}

function shareEqual(left: Int32Array, right: ArrayLike<number>): number {
  let equal = 0;
  left.forEach((value, index) => {
    if (value === right[index]) equal += 1;
  });
  return equal / left.length;
}
