import { SeededRandom } from '@winnow/random';
import { augMix } from './aug-mix';
import type { PixelBatch } from './pixel-batch';

const random = new SeededRandom('pictures');
const batch: PixelBatch = {
  count: 6,
  size: 16,
  // Smooth pictures, so that small moves change little.
  pixels: Uint8Array.from({ length: 6 * 16 * 16 * 3 }, (_, at) => 60 + 8 * (Math.floor(at / 3) % 16) + random.int(4)),
};

const meanChange = (view: PixelBatch): number =>
  view.pixels.reduce((sum, value, at) => sum + Math.abs(value - (batch.pixels[at] as number)), 0) / view.pixels.length;

describe('augMix', () => {
  it('is the same for the same stream and another for another', () => {
    const view = augMix(batch, new SeededRandom(1));
    expect(augMix(batch, new SeededRandom(1)).pixels).toEqual(view.pixels);
    expect(augMix(batch, new SeededRandom(2)).pixels).not.toEqual(view.pixels);
    expect(view).toMatchObject({ count: 6, size: 16 });
  });

  it('changes every picture a little at severity 1 and more at 10', () => {
    const weak = meanChange(augMix(batch, new SeededRandom(1)));
    const strong = meanChange(augMix(batch, new SeededRandom(1), { severity: 10 }));
    expect(weak).toBeGreaterThan(0.5);
    expect(weak).toBeLessThan(40);
    expect(strong).toBeGreaterThan(weak);
  });

  it('mixes to within its chains: black stays black, and bright never wraps around to dark', () => {
    const filled = (value: number) => ({ ...batch, pixels: new Uint8Array(batch.pixels.length).fill(value) });
    expect(augMix(filled(0), new SeededRandom(1)).pixels.every((value) => value === 0)).toBe(true);
    // The least that an operation leaves of 200 is 192, posterised; what is brighter was stretched.
    const middle = (8 * 16 + 8) * 3;
    for (let seed = 0; seed < 40; seed += 1) {
      const view = augMix(
        { ...filled(200), count: 1, pixels: filled(200).pixels.slice(0, 16 * 16 * 3) },
        new SeededRandom(seed),
      );
      expect(view.pixels[middle]).toBeGreaterThanOrEqual(192);
    }
  });

  it('does not touch its input', () => {
    const before = Uint8Array.from(batch.pixels);
    augMix(batch, new SeededRandom(1));
    expect(batch.pixels).toEqual(before);
  });
});
