import { checkLogits } from './check-logits';
import { requireImages } from './require-images';

/** Of the temperature searched, in natural logarithms about 1. */
const HALF_RANGE = 8;
const BISECTIONS = 50;

/** A temperature and what it does to the probabilities of the images that it was fitted to. */
export interface FittedTemperature {
  readonly temperature: number;
  /** Mean of minus the logarithm of the label's probability, nats: at temperature 1, and at the fitted one. */
  readonly logLoss: readonly [before: number, after: number];
  /** Mean of the largest probability, 0..1: at temperature 1, and at the fitted one. */
  readonly confidence: readonly [before: number, after: number];
}

/**
 * The temperature T under which right labels are most likely by softmax(logits / T): Guo et al., "On calibration of
 * modern neural networks", ICML 2017, section 4.2, with a standard normal prior on log T, which weighs as much as about
 * one image and keeps T finite where every image is recognised. Labels that are wrong make T too high.
 * @param logits [count, classCount]
 * @param labels [count]
 * @throws WinnowError MISSING_INPUT without images; SHAPE_MISMATCH, DATA_CORRUPT as checkLogits
 */
export function fitTemperature(logits: Float32Array, labels: Int32Array, classCount: number): FittedTemperature {
  requireImages(labels);
  checkLogits(logits, labels, classCount);
  const at = (inverse: number): Moments => momentsAt({ logits, labels, classCount }, inverse);
  // The slope of minus the log posterior in log b, b = 1 / T: from negative to positive.
  let [low, high] = [-HALF_RANGE, HALF_RANGE];
  for (let step = 0; step < BISECTIONS; step += 1) {
    const middle = (low + high) / 2;
    const inverse = Math.exp(middle);
    if (labels.length * inverse * at(inverse).slope + middle > 0) high = middle;
    else low = middle;
  }
  const inverse = Math.exp((low + high) / 2);
  const [before, after] = [at(1), at(inverse)];
  return {
    temperature: 1 / inverse,
    logLoss: [before.logLoss, after.logLoss],
    confidence: [before.confidence, after.confidence],
  };
}

interface Moments {
  readonly logLoss: number;
  /** Of the log loss, in the inverse temperature. */
  readonly slope: number;
  readonly confidence: number;
}

function momentsAt(
  { logits, labels, classCount }: { logits: Float32Array; labels: Int32Array; classCount: number },
  inverse: number,
): Moments {
  let [logLoss, slope, confidence] = [0, 0, 0];
  labels.forEach((label, row) => {
    const own = logits.subarray(row * classCount, (row + 1) * classCount);
    const top = own.reduce((most, value) => Math.max(most, value), -Infinity);
    let [mass, mean] = [0, 0];
    for (let k = 0; k < classCount; k += 1) {
      const offset = (own[k] as number) - top;
      const weight = Math.exp(inverse * offset);
      mass += weight;
      mean += weight * offset;
    }
    const offset = (own[label] as number) - top;
    logLoss += Math.log(mass) - inverse * offset;
    slope += mean / mass - offset;
    confidence += 1 / mass;
  });
  const count = labels.length;
  return { logLoss: logLoss / count, slope: slope / count, confidence: confidence / count };
}
