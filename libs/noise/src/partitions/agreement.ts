import { checkLogits, requireImages } from '../check-input';
import { argmaxRows, largestOfRows, sigmoid } from '../row-math';
import type { SplitInput, SplitResult } from '../split';
import { gradedKinds } from './graded-kinds';

/**
 * Agreement with the teacher: clean where no class has a larger logit than the given one; else closed where the teacher
 * is confident, open where it is not. Confident: its largest logit (Hendrycks et al., "Scaling Out-of-Distribution
 * Detection for Real-World Settings", ICML 2022) is at least the median of those that it gives to images of the same
 * predicted class whose label it confirms. So there is no threshold that depends on the teacher or on the number of
 * classes. A class of which it confirms no label is judged by all confirmed images; without any, by all images.
 * Graded by sigmoid(logit of the given class - largest other logit), and by the place among the confirmed images.
 * @throws WinnowError SHAPE_MISMATCH, DATA_CORRUPT, or MISSING_INPUT for an empty pool
 */
export function agreementSplit({ logits, labels, classCount }: SplitInput): SplitResult {
  checkLogits(logits, labels, classCount);
  requireImages(labels);
  const margins = labelMargins(logits, labels, classCount);
  const predicted = argmaxRows(logits, classCount);
  const known = confidenceIndices(largestOfRows(logits, classCount), predicted, margins);
  const wrong = margins.map((margin) => sigmoid(-margin));
  const questions = { right: margins.map(sigmoid), wrong, known, unknown: known.map((index) => 1 - index) };
  return { ...gradedKinds(questions), refinedLabels: predicted, score: Float32Array.from(wrong) };
}

/** Logit of the given class less the largest other one, [count]; Infinity where there is one class only. */
function labelMargins(logits: Float32Array, labels: Int32Array, classCount: number): Float64Array {
  return Float64Array.from(labels, (label, image) => {
    let other = -Infinity;
    for (let k = 0; k < classCount; k += 1) {
      if (k !== label) other = Math.max(other, logits[image * classCount + k] as number);
    }
    return (logits[image * classCount + label] as number) - other;
  });
}

/** Place of every image's confidence among the confirmed ones of its predicted class, in 0..1, a half = median. */
function confidenceIndices(confidence: Float64Array, predicted: Int32Array, margins: Float64Array): Float64Array {
  const isAnyConfirmed = margins.some((margin) => margin >= 0);
  const judges = Int32Array.from(margins.keys()).filter((image) => !isAnyConfirmed || (margins[image] as number) >= 0);
  const everything = Float64Array.from(judges, (image) => confidence[image] as number).sort();
  const byClass = sortedByClass(judges, confidence, predicted);
  return confidence.map((value, image) => indexAmong(value, byClass.get(predicted[image] as number) ?? everything));
}

/** Confidence of the listed images, ascending, by predicted class; one pass, as classes can be very many. */
function sortedByClass(images: Int32Array, confidence: Float64Array, predicted: Int32Array): Map<number, Float64Array> {
  const groups = new Map<number, number[]>();
  for (const image of images) {
    const label = predicted[image] as number;
    const group = groups.get(label) ?? [];
    group.push(confidence[image] as number);
    groups.set(label, group);
  }
  return new Map([...groups].map(([label, group]) => [label, Float64Array.from(group).sort()]));
}

/** Midrank of a value among sorted ones, kept off 0 and 1: `(below + equal / 2 + 1/2) / (count + 1)`. */
function indexAmong(value: number, sorted: Float64Array): number {
  const below = countWhile(sorted, (other) => other < value);
  const upTo = countWhile(sorted, (other) => other <= value);
  return ((below + upTo) / 2 + 0.5) / (sorted.length + 1);
}

/** How many values at the front pass a test that no later value passes once one failed: bisection. */
function countWhile(sorted: Float64Array, passes: (value: number) => boolean): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (passes(sorted[middle] as number)) low = middle + 1;
    else high = middle;
  }
  return low;
}
