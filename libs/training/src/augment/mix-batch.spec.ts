import { SeededRandom } from '@winnow/random';
import fc from 'fast-check';
import { blendPixels, cutMix, mixBatch, randomBox } from './mix-batch';
import type { PixelBatch } from './pixel-batch';

/** Image i is filled with value i of the list. */
const filled = (values: readonly number[], size = 4): PixelBatch => ({
  count: values.length,
  size,
  pixels: Uint8Array.from(values.flatMap((value) => new Array<number>(size * size * 3).fill(value))),
});

describe('blendPixels', () => {
  it('blends with a partner, rounded', () => {
    const { pixels, share: fraction } = blendPixels(filled([100, 200]), [1, 0], 0.25);
    expect(fraction).toBe(0.25);
    expect(pixels[0]).toBe(175);
    expect(pixels[48]).toBe(125);
  });

  it('is the image, or its partner, at the ends', () => {
    const batch = filled([7, 255, 0]);
    expect(blendPixels(batch, [1, 2, 0], 1).pixels).toEqual(batch.pixels);
    expect(blendPixels(batch, [1, 2, 0], 0).pixels).toEqual(filled([255, 0, 7]).pixels);
  });
});

describe('cutMix', () => {
  it("puts the partner's box into each image and says what is left", () => {
    const { pixels, share: fraction } = cutMix(filled([1, 9], 2), [1, 0], { left: 1, top: 0, right: 2, bottom: 1 });
    expect(fraction).toBe(0.75);
    expect([...pixels]).toEqual([1, 1, 1, 9, 9, 9, 1, 1, 1, 1, 1, 1, 9, 9, 9, 1, 1, 1, 9, 9, 9, 9, 9, 9]);
  });

  it('has boxes within the image, of the area asked for unless cut off', () => {
    fc.assert(
      fc.property(fc.nat(), fc.double({ min: 0, max: 1, noNaN: true }), (seed, lambda) => {
        const { left, top, right, bottom } = randomBox(32, lambda, new SeededRandom(seed));
        expect(left).toBeGreaterThanOrEqual(0);
        expect(top).toBeGreaterThanOrEqual(0);
        expect(right).toBeLessThanOrEqual(32);
        expect(bottom).toBeLessThanOrEqual(32);
        expect((right - left) * (bottom - top)).toBeLessThanOrEqual(1024 * (1 - lambda) + 1e-9);
      }),
    );
    const box = randomBox(32, 0.75, { int: () => 16 } as unknown as SeededRandom);
    expect(box).toEqual({ left: 8, top: 8, right: 24, bottom: 24 });
  });
});

describe('mixBatch', () => {
  const batch = filled(
    Array.from({ length: 8 }, (_, at) => at * 30),
    16,
  );

  it.each([{ mixup: 0.4 }, { cutmix: 1 }, { mixup: 0.4, cutmix: 1 }])(
    'shares labels as it shares pixels: %p',
    (options) => {
      for (let seed = 0; seed < 10; seed += 1) {
        const { batch: mixed, mix } = mixBatch(batch, new SeededRandom(seed), options);
        expect([...mix.order].sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
        mix.order.forEach((partner, image) => {
          const own = mixed.pixels.subarray(image * 768, (image + 1) * 768);
          const mean = own.reduce((sum, value) => sum + value, 0) / 768;
          expect(mean).toBeCloseTo(mix.fraction * image * 30 + (1 - mix.fraction) * partner * 30, -0.3);
        });
        expect(mixBatch(batch, new SeededRandom(seed), options).batch.pixels).toEqual(mixed.pixels);
      }
    },
  );

  it('takes one of both, step by step', () => {
    const isCut = Array.from({ length: 20 }, (_, seed) => {
      const { pixels } = mixBatch(batch, new SeededRandom(seed), { mixup: 1, cutmix: 1 }).batch;
      return [...pixels].every((value) => value % 30 === 0);
    });
    expect(new Set(isCut)).toEqual(new Set([true, false]));
  });
});
