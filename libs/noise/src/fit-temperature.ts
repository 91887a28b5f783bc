import { checkLogits, requireImages } from './check-input';

/** Of the temperature searched, in natural logarithms about 1. */
const HALF_RANGE = 8;
const BISECTIONS = 50;

/**
 * The temperature T under which right labels are most likely by softmax(logits / T): Guo et al., "On calibration of
 * modern neural networks", ICML 2017, section 4.2, with a standard normal prior on log T, which weighs as much as about
 * one image and keeps T finite where every image is recognised. Labels that are wrong make T too high.
 * @param logits [count, classCount]
 * @param labels [count]
 * @throws WinnowError MISSING_INPUT without images; SHAPE_MISMATCH, DATA_CORRUPT as checkLogits
 */
export function fitTemperature(logits: Float32Array, labels: Int32Array, classCount: number): number {
  requireImages(labels);
  checkLogits(logits, labels, classCount);
  // The slope of minus the log posterior in log b, b = 1 / T: from negative to positive.
  let [low, high] = [-HALF_RANGE, HALF_RANGE];
  for (let step = 0; step < BISECTIONS; step += 1) {
    const middle = (low + high) / 2;
    const inverse = Math.exp(middle);
    if (inverse * slopeAt({ logits, labels, classCount }, inverse) + middle > 0) high = middle;
    else low = middle;
  }
  return Math.exp(-(low + high) / 2);
}

/** Of the summed log loss, in the inverse temperature. */
function slopeAt(
  { logits, labels, classCount }: { logits: Float32Array; labels: Int32Array; classCount: number },
  inverse: number,
): number {
  return labels.reduce((slope, label, row) => {
    const own = logits.subarray(row * classCount, (row + 1) * classCount);
    const top = own.reduce((most, value) => Math.max(most, value), -Infinity);
    let [mass, mean] = [0, 0];
    for (let k = 0; k < classCount; k += 1) {
      const offset = (own[k] as number) - top;
      const weight = Math.exp(inverse * offset);
      mass += weight;
      mean += weight * offset;
    }
    return slope + mean / mass - ((own[label] as number) - top);
  }, 0);
}
