import { type ImageSource, WinnowError } from '@winnow/contracts';
import type { FrozenNetwork } from './frozen-network';
import { predict, type PredictOptions } from './predict';

/**
 * Pooled features of every image, scaled to length one so that their dot product is their cosine. Features that are
 * all zero stay so: such an image is like no other.
 * @returns one row an image, [featureDim] each
 * @throws WinnowError TEACHER_MISMATCH for a network without features, or with such that are no numbers; others as
 *   predict
 */
export async function unitFeatures(
  network: FrozenNetwork,
  images: ImageSource,
  options: PredictOptions = {},
): Promise<readonly Float32Array[]> {
  requireFeatures(network);
  const { features, featureDim } = await predict(network, images, options);
  return images.keys.map((key, row) => unit(features.subarray(row * featureDim, (row + 1) * featureDim), key));
}

/** @throws WinnowError TEACHER_MISMATCH for a network that only has logits */
export function requireFeatures({ featureDim }: FrozenNetwork): void {
  if (featureDim > 0) return;
  throw new WinnowError('TEACHER_MISMATCH', 'This network has no features, only logits', {
    where: 'teacher.weights',
    next: 'Import it again with --features OUTPUT, or name another network.',
  });
}

function unit(values: Float32Array, key: string): Float32Array {
  // Scaled by the largest first, as squares may leave the range of numbers.
  const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  if (!Number.isFinite(largest)) {
    throw new WinnowError('TEACHER_MISMATCH', 'The network gives features that are no finite numbers', {
      where: `image ${key}`,
      next: 'Check its input (size, range, mean, std), or name another network.',
    });
  }
  if (largest === 0) return new Float32Array(values.length);
  const scaled = Float64Array.from(values, (value) => value / largest);
  const length = Math.sqrt(scaled.reduce((sum, value) => sum + value * value, 0));
  return Float32Array.from(scaled, (value) => value / length);
}
