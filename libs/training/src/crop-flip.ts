import type { SeededRandom } from '@winnow/random';
import type { PixelBatch } from './pixel-batch';

/** Black border, pixels on each side, before the crop: the usual CIFAR recipe. */
export const CROP_PADDING = 4;

/**
 * Random crop at the old size out of the picture with a black border, then a mirror image with probability 1/2.
 * @param random decides everything: the same stream gives the same crops
 */
export function cropFlip(batch: PixelBatch, random: SeededRandom, padding: number = CROP_PADDING): PixelBatch {
  const { count, size } = batch;
  const pixels = new Uint8Array(batch.pixels.length);
  for (let image = 0; image < count; image += 1) {
    const down = random.int(2 * padding + 1) - padding;
    const right = random.int(2 * padding + 1) - padding;
    const flip = random.int(2) === 1;
    shiftImage({ from: batch.pixels, to: pixels, start: image * size * size * 3, size }, { down, right, flip });
  }
  return { count, size, pixels };
}

interface ImagePlace {
  readonly from: Uint8Array;
  readonly to: Uint8Array;
  /** Offset of the picture in both arrays. */
  readonly start: number;
  readonly size: number;
}

interface Shift {
  /** Pixel (y, x) of the result is pixel (y + down, x + right) of the source; outside is black. */
  readonly down: number;
  readonly right: number;
  readonly flip: boolean;
}

function shiftImage({ from, to, start, size }: ImagePlace, { down, right, flip }: Shift): void {
  const firstColumn = Math.max(0, -right);
  const endColumn = Math.min(size, size - right);
  const endRow = Math.min(size, size - down);
  for (let row = Math.max(0, -down); row < endRow; row += 1) {
    const source = start + ((row + down) * size + right) * 3;
    const target = start + row * size * 3;
    if (!flip) {
      to.set(from.subarray(source + firstColumn * 3, source + endColumn * 3), target + firstColumn * 3);
      continue;
    }
    for (let column = firstColumn; column < endColumn; column += 1) {
      const read = source + column * 3;
      const write = target + (size - 1 - column) * 3;
      to[write] = from[read] as number;
      to[write + 1] = from[read + 1] as number;
      to[write + 2] = from[read + 2] as number;
    }
  }
}
