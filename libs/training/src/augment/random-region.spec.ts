import { SeededRandom } from '@winnow/random';
import fc from 'fast-check';
import { randomRegion } from './random-region';

describe('randomRegion', () => {
  it('stays within the image, whatever its shape', () => {
    const side = fc.integer({ min: 1, max: 2000 });
    fc.assert(
      fc.property(side, side, fc.nat(), (width, height, seed) => {
        const region = randomRegion({ width, height }, new SeededRandom(seed));
        expect(region.left).toBeGreaterThanOrEqual(0);
        expect(region.top).toBeGreaterThanOrEqual(0);
        expect(region.width).toBeGreaterThanOrEqual(1);
        expect(region.height).toBeGreaterThanOrEqual(1);
        expect(region.left + region.width).toBeLessThanOrEqual(width);
        expect(region.top + region.height).toBeLessThanOrEqual(height);
      }),
    );
  });

  it('keeps area and ratio within what was asked for', () => {
    const random = new SeededRandom(1);
    const fractions = Array.from({ length: 500 }, () => {
      const { width, height } = randomRegion({ width: 1000, height: 1000 }, random, {
        scale: [0.2, 0.5],
        ratio: [0.5, 2],
      });
      expect(width / height).toBeGreaterThan(0.49);
      expect(width / height).toBeLessThan(2.05);
      return (width * height) / 1e6;
    });
    expect(Math.min(...fractions)).toBeGreaterThan(0.199);
    expect(Math.max(...fractions)).toBeLessThan(0.501);
    expect(fractions.reduce((sum, fraction) => sum + fraction, 0) / 500).toBeCloseTo(0.35, 1);
  });

  it('takes the middle where nothing fits', () => {
    const region = randomRegion({ width: 100, height: 10 }, new SeededRandom(1), { scale: [1, 1] });
    expect(region).toEqual({ left: 43, top: 0, width: 13, height: 10 });
    expect(randomRegion({ width: 10, height: 100 }, new SeededRandom(1), { scale: [1, 1] })).toEqual({
      left: 0,
      top: 43,
      width: 10,
      height: 13,
    });
  });

  it('is the whole image for scale and ratio 1 of a square', () => {
    const whole = { left: 0, top: 0, width: 64, height: 64 };
    expect(randomRegion({ width: 64, height: 64 }, new SeededRandom(2), { scale: [1, 1], ratio: [1, 1] })).toEqual(
      whole,
    );
  });
});
