import type { SeededRandom } from '@winnow/random';
import type { PixelImage } from './pixel-batch';

/** Black border, pixels on each side, before the crop: the usual CIFAR recipe. */
const CROP_PADDING = 4;

/**
 * Random crop at the old size out of the image with a black border, then a mirror image with probability 1/2.
 * @param random decides everything: the same stream gives the same crop
 * @returns [size, size, 3]
 */
export function cropFlip(image: PixelImage, random: SeededRandom, padding: number = CROP_PADDING): Uint8Array {
  const down = random.int(2 * padding + 1) - padding;
  const right = random.int(2 * padding + 1) - padding;
  const flip = random.int(2) === 1;
  return shiftImage(image, { down, right, flip });
}

/** Exchanges left and right, in place. */
export function mirror({ size, pixels }: PixelImage): void {
  const line = size * 3;
  for (let start = 0; start < pixels.length; start += line) {
    for (let left = start, right = start + line - 3; left < right; left += 3, right -= 3) {
      for (let channel = 0; channel < 3; channel += 1) {
        const kept = pixels[left + channel] as number;
        pixels[left + channel] = pixels[right + channel] as number;
        pixels[right + channel] = kept;
      }
    }
  }
}

interface Shift {
  /** Pixel (y, x) of the result is pixel (y + down, x + right) of the source; outside is black. */
  readonly down: number;
  readonly right: number;
  readonly flip: boolean;
}

function shiftImage({ size, pixels: from }: PixelImage, { down, right, flip }: Shift): Uint8Array {
  const to = new Uint8Array(from.length);
  const firstColumn = Math.max(0, -right);
  const endColumn = Math.min(size, size - right);
  const endRow = Math.min(size, size - down);
  // Moved out of sight.
  if (endColumn <= firstColumn) return to;
  for (let row = Math.max(0, -down); row < endRow; row += 1) {
    const source = ((row + down) * size + right) * 3;
    const target = row * size * 3;
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
  return to;
}
