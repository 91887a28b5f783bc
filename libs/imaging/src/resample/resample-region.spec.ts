import fc from 'fast-check';
import type { ImageRegion } from './image-region';
import { resampleRegion } from './resample-region';
import type { RgbImage } from '../rgb-image';

/** Grey images from rows of values. */
const grey = (...rows: readonly (readonly number[])[]): RgbImage => ({
  width: rows[0]?.length ?? 0,
  height: rows.length,
  data: Uint8Array.from(rows.flat().flatMap((value) => [value, value, value])),
});
const red = (pixels: Uint8Array): number[] => [...pixels].filter((_, at) => at % 3 === 0);
const whole = ({ width, height }: RgbImage): ImageRegion => ({ left: 0, top: 0, width, height });

/** Pixel by pixel in floats, from the definition: normalised triangles, columns and rows multiplied. */
function naive({ width, data }: RgbImage, region: ImageRegion, size: number): number[] {
  const weightsOf = (length: number, target: number): number[] => {
    const scale = length / size;
    const reach = Math.max(1, scale);
    const raw = Array.from({ length }, (_, at) => Math.max(0, 1 - Math.abs(at + 0.5 - (target + 0.5) * scale) / reach));
    const total = raw.reduce((sum, value) => sum + value, 0);
    return raw.map((value) => value / total);
  };
  return Array.from({ length: size * size * 3 }, (_, index) => {
    const [y, x, channel] = [Math.floor(index / 3 / size), Math.floor(index / 3) % size, index % 3];
    const columns = weightsOf(region.width, x);
    return weightsOf(region.height, y).reduce((sum, rowWeight, row) => {
      const line = ((region.top + row) * width + region.left) * 3 + channel;
      const mixed = columns.reduce((part, weight, column) => part + weight * (data[line + column * 3] as number), 0);
      return sum + rowWeight * mixed;
    }, 0);
  });
}

describe('resampleRegion', () => {
  it('cuts without a change where the size fits', () => {
    const image = grey([1, 2, 3], [4, 5, 6], [7, 8, 9]);
    expect(red(resampleRegion(image, { left: 1, top: 1, width: 2, height: 2 }, 2))).toEqual([5, 6, 8, 9]);
  });

  it('grows bilinearly: a quarter and three quarters between two pixels', () => {
    const image = grey([0, 100], [0, 100]);
    const row = [0, 25, 75, 100];
    expect(red(resampleRegion(image, whole(image), 4))).toEqual([...row, ...row, ...row, ...row]);
  });

  it('shrinks by a triangle: neighbours weigh 1, 3, 3, 1 and what is cut off at a border is shared out', () => {
    // From 4 to 2: centres 1 and 3, reach 2; weights at 0.5, 1.5, 2.5 from a centre are 3, 1, less.
    const image = grey([70, 0, 0, 0], [70, 0, 0, 0], [70, 0, 0, 0], [70, 0, 0, 0]);
    // First: pixels 0, 1, 2 at 3 : 3 : 1. Second: pixels 1, 2, 3 at 1 : 3 : 3.
    expect(red(resampleRegion(image, whole(image), 2))).toEqual([30, 0, 30, 0]);
  });

  it('does not look outside of the region', () => {
    const image = grey([9, 200, 200, 9], [9, 200, 200, 9], [9, 9, 9, 9]);
    expect(red(resampleRegion(image, { left: 1, top: 0, width: 2, height: 2 }, 3))).toEqual(new Array(9).fill(200));
  });

  it('follows the definition to within a rounding for any region and size', () => {
    const side = fc.integer({ min: 1, max: 12 });
    fc.assert(
      fc.property(side, side, side, fc.infiniteStream(fc.nat(255)), (width, height, size, values) => {
        const data = Uint8Array.from({ length: (width + 2) * (height + 1) * 3 }, () => values.next().value as number);
        const image = { width: width + 2, height: height + 1, data };
        const region = { left: 1, top: 1, width, height };
        const expected = naive(image, region, size);
        resampleRegion(image, region, size).forEach((value, at) => {
          expect(Math.abs(value - (expected[at] as number))).toBeLessThan(0.6);
        });
      }),
      { numRuns: 60 },
    );
  });

  it('keeps one colour as it is', () => {
    for (const value of [0, 1, 127, 254, 255]) {
      const image = grey(...Array.from({ length: 7 }, () => new Array<number>(9).fill(value)));
      for (const size of [2, 5, 11, 31]) {
        expect(resampleRegion(image, whole(image), size).every((found) => found === value)).toBe(true);
      }
    }
  });
});
