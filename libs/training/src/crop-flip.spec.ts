import { SeededRandom } from '@winnow/random';
import { cropFlip } from './crop-flip';
import type { PixelBatch } from './pixel-batch';

function noise(count: number, size: number): PixelBatch {
  const random = new SeededRandom('noise');
  return { count, size, pixels: Uint8Array.from({ length: count * size * size * 3 }, () => 1 + random.int(255)) };
}

/** Pixel by pixel, from the definition. */
function naive({ count, size, pixels }: PixelBatch, random: SeededRandom, padding: number): Uint8Array {
  const result = new Uint8Array(pixels.length);
  for (let image = 0; image < count; image += 1) {
    const [down, right, flip] = [
      random.int(2 * padding + 1) - padding,
      random.int(2 * padding + 1) - padding,
      random.int(2),
    ];
    for (let index = 0; index < size * size * 3; index += 1) {
      const [y, x, channel] = [Math.floor(index / 3 / size), Math.floor(index / 3) % size, index % 3];
      const [fromY, fromX] = [y + down, (flip ? size - 1 - x : x) + right];
      const inside = fromY >= 0 && fromX >= 0 && fromY < size && fromX < size;
      const value = inside ? pixels[((image * size + fromY) * size + fromX) * 3 + channel] : 0;
      result[image * size * size * 3 + index] = value as number;
    }
  }
  return result;
}

describe('cropFlip', () => {
  it('moves, mirrors and pads as its definition says', () => {
    const batch = noise(40, 8);
    for (const padding of [0, 2, 4, 9]) {
      const view = cropFlip(batch, new SeededRandom(padding), padding);
      expect(view.pixels).toEqual(naive(batch, new SeededRandom(padding), padding));
    }
  });

  it('gives the same view for the same stream and another for another', () => {
    const batch = noise(4, 8);
    const view = cropFlip(batch, new SeededRandom(1)).pixels;
    expect(cropFlip(batch, new SeededRandom(1)).pixels).toEqual(view);
    expect(cropFlip(batch, new SeededRandom(2)).pixels).not.toEqual(view);
  });
});
