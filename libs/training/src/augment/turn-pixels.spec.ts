import type { PixelBatch } from './pixel-batch';
import { turnPixels } from './turn-pixels';

/** Two grey images of 2 px: 1 2 / 3 4 and 5 6 / 7 8. */
const PAIR: PixelBatch = { count: 2, size: 2, pixels: grey([1, 2, 3, 4, 5, 6, 7, 8]) };

function grey(values: readonly number[]): Uint8Array {
  return Uint8Array.from(values.flatMap((value) => [value, value, value]));
}

describe('turnPixels', () => {
  it('turns counter-clockwise', () => {
    expect(turnPixels(PAIR, [1, 0]).pixels).toEqual(grey([2, 4, 1, 3, 5, 6, 7, 8]));
    expect(turnPixels(PAIR, [2, 3]).pixels).toEqual(grey([4, 3, 2, 1, 7, 5, 8, 6]));
  });

  it('is where it was after four quarter turns', () => {
    const size = 5;
    const pixels = Uint8Array.from({ length: size * size * 3 }, (_, index) => (index * 7) % 256);
    const once: PixelBatch = { count: 1, size, pixels };
    const turned = [1, 1, 1, 1].reduce((batch, turns) => turnPixels(batch, [turns]), once);
    expect(turned.pixels).toEqual(pixels);
    const threeBack = turnPixels(turnPixels(once, [3]), [1]);
    expect(threeBack.pixels).toEqual(pixels);
  });
});
