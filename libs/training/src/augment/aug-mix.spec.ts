import { SeededRandom } from '@winnow/random';
import { augMix } from './aug-mix';
import type { PixelImage } from './pixel-batch';

const random = new SeededRandom('images');
// Smooth, so that small moves change little.
const image: PixelImage = {
  size: 16,
  pixels: Uint8Array.from({ length: 16 * 16 * 3 }, (_, at) => 60 + 8 * (Math.floor(at / 3) % 16) + random.int(4)),
};
const SEEDS = Array.from({ length: 12 }, (_, seed) => seed);

const meanChange = (view: Uint8Array): number =>
  view.reduce((sum, value, at) => sum + Math.abs(value - (image.pixels[at] as number)), 0) / view.length;

describe('augMix', () => {
  it('is the same for the same stream and another for another', () => {
    const view = augMix(image, new SeededRandom(1));
    expect(augMix(image, new SeededRandom(1))).toEqual(view);
    expect(augMix(image, new SeededRandom(2))).not.toEqual(view);
  });

  it('changes images a little at severity 1 and more at 10', () => {
    const change = (severity: number): number =>
      SEEDS.reduce((sum, seed) => sum + meanChange(augMix(image, new SeededRandom(seed), { severity })), 0) / 12;
    expect(change(1)).toBeGreaterThan(0.5);
    expect(change(1)).toBeLessThan(40);
    expect(change(10)).toBeGreaterThan(change(1));
  });

  it('mixes to within its chains: black stays black, and bright never wraps around to dark', () => {
    const filled = (value: number) => ({ size: 16, pixels: new Uint8Array(16 * 16 * 3).fill(value) });
    expect(augMix(filled(0), new SeededRandom(1)).every((value) => value === 0)).toBe(true);
    // The least that an operation leaves of 200 is 192, posterised; what is brighter was stretched.
    const middle = (8 * 16 + 8) * 3;
    for (let seed = 0; seed < 40; seed += 1) {
      expect(augMix(filled(200), new SeededRandom(seed))[middle]).toBeGreaterThanOrEqual(192);
    }
  });

  it('does not touch its input', () => {
    const before = Uint8Array.from(image.pixels);
    augMix(image, new SeededRandom(1));
    expect(image.pixels).toEqual(before);
  });
});
