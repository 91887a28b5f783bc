import type { NetworkPixels } from '../input-tensor';
import type { PixelBatch } from './pixel-batch';

/**
 * Mixup of pictures: `lambda x_i + (1 - lambda) x_order[i]`. As normalisation is affine it may follow.
 * Zhang et al., "mixup: Beyond Empirical Risk Minimization", ICLR 2018, equation 1.
 * @param order partner of each picture, [count]
 * @param lambda 0..1
 */
export function mixPixels(batch: PixelBatch, order: ArrayLike<number>, lambda: number): NetworkPixels {
  const { count, size, pixels } = batch;
  const length = size * size * 3;
  const mixed = new Float32Array(pixels.length);
  for (let image = 0; image < count; image += 1) {
    const own = image * length;
    const other = (order[image] as number) * length;
    for (let at = 0; at < length; at += 1) {
      mixed[own + at] = lambda * (pixels[own + at] as number) + (1 - lambda) * (pixels[other + at] as number);
    }
  }
  return { count, size, pixels: mixed };
}
