import { areaResample } from '../resample/area-resample';
import type { RgbImage } from '../rgb-image';

/** A small square copy by area averaging, RGB, shape [size, size, 3]: enough to compare images later. */
export function thumbnailOf(image: RgbImage, size = 16): Uint8Array {
  const { width, height, data } = image;
  const readRow = (y: number, out: Float32Array): void => out.set(data.subarray(y * width * 3, (y + 1) * width * 3));
  const mean = areaResample({ width, height, channels: 3, readRow }, size, size);
  return Uint8Array.from(mean, Math.round);
}

/**
 * Mean absolute difference of two thumbnails of one size, 0..255. Re-encoding and resizing give about 0 to 4, other
 * images rarely less than 20: it confirms near duplicates where a hash is too coarse.
 * @throws RangeError for two sizes
 */
export function thumbnailDifference(a: Uint8Array, b: Uint8Array): number {
  if (a.length !== b.length) throw new RangeError(`thumbnails of ${a.length} and ${b.length} bytes`);
  let sum = 0;
  for (let index = 0; index < a.length; index += 1) sum += Math.abs((a[index] as number) - (b[index] as number));
  return a.length === 0 ? 0 : sum / a.length;
}
