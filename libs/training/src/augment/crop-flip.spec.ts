import { SeededRandom } from '@winnow/random';
import { cropFlip, mirror } from './crop-flip';
import type { PixelImage } from './pixel-batch';

function noise(seed: number, size: number): PixelImage {
  const random = new SeededRandom(seed);
  return { size, pixels: Uint8Array.from({ length: size * size * 3 }, () => 1 + random.int(255)) };
}

/** Pixel by pixel, from the definition. */
function naive({ size, pixels }: PixelImage, random: SeededRandom, padding: number): Uint8Array {
  const [down, right, flip] = [
    random.int(2 * padding + 1) - padding,
    random.int(2 * padding + 1) - padding,
    random.int(2),
  ];
  return Uint8Array.from({ length: size * size * 3 }, (_, index) => {
    const [y, x, channel] = [Math.floor(index / 3 / size), Math.floor(index / 3) % size, index % 3];
    const [fromY, fromX] = [y + down, (flip ? size - 1 - x : x) + right];
    const inside = fromY >= 0 && fromX >= 0 && fromY < size && fromX < size;
    return inside ? (pixels[(fromY * size + fromX) * 3 + channel] as number) : 0;
  });
}

describe('cropFlip', () => {
  it('moves, mirrors and pads as its definition says', () => {
    for (const padding of [0, 2, 4, 9, 40]) {
      for (let seed = 0; seed < 20; seed += 1) {
        const image = noise(seed, 8);
        const expected = naive(image, new SeededRandom(seed), padding);
        expect(cropFlip(image, new SeededRandom(seed), padding)).toEqual(expected);
      }
    }
  });

  it('gives the same view for the same stream and another for another', () => {
    const image = noise(0, 8);
    const view = cropFlip(image, new SeededRandom(1));
    expect(cropFlip(image, new SeededRandom(1))).toEqual(view);
    expect(cropFlip(image, new SeededRandom(2))).not.toEqual(view);
  });
});

describe('mirror', () => {
  it('exchanges left and right', () => {
    const image = { size: 2, pixels: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12) };
    mirror(image);
    expect([...image.pixels]).toEqual([4, 5, 6, 1, 2, 3, 10, 11, 12, 7, 8, 9]);
  });
});
