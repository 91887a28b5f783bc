import { SeededRandom } from '@winnow/random';
import { autocontrast, equalize, PIXEL_OPERATIONS, posterize, solarize } from './pixel-operations';
import { shearHorizontally, translate, turnByDegrees } from './warp-image';
import { turnPixels } from './turn-pixels';

const grey = (values: readonly number[]) => ({
  size: Math.sqrt(values.length),
  pixels: Uint8Array.from(values.flatMap((value) => [value, value, value])),
});
const firstChannel = (pixels: Uint8Array) => [...pixels].filter((_, index) => index % 3 === 0);
const random = new SeededRandom('image');
const image = { size: 9, pixels: Uint8Array.from({ length: 9 * 9 * 3 }, () => random.int(256)) };

describe('tone operations', () => {
  it('autocontrast stretches each channel to the full range', () => {
    expect(firstChannel(autocontrast(grey([50, 100, 75, 50])))).toEqual([0, 255, 128, 0]);
    expect(firstChannel(autocontrast(grey([9, 9, 9, 9])))).toEqual([9, 9, 9, 9]);
    // Red runs from 10 to 20, green is constant, blue from 0 to 255.
    const mixed = { size: 2, pixels: Uint8Array.of(10, 5, 0, 20, 5, 255, 15, 5, 51, 10, 5, 0) };
    expect([...autocontrast(mixed)]).toEqual([0, 5, 0, 255, 5, 255, 128, 5, 51, 0, 5, 0]);
  });

  it('equalize spreads the ranks evenly', () => {
    // Cumulative counts 1, 3, 4 of 4: (1-1)/3, (3-1)/3, (4-1)/3 of 255.
    expect(firstChannel(equalize(grey([10, 20, 20, 30])))).toEqual([0, 170, 170, 255]);
    expect(firstChannel(equalize(grey([7, 7, 7, 7])))).toEqual([7, 7, 7, 7]);
  });

  it('posterize keeps upper bits, solarize inverts the bright', () => {
    expect(firstChannel(posterize(grey([255, 16, 15, 200]), 4))).toEqual([240, 16, 0, 192]);
    expect(firstChannel(posterize(grey([255, 16, 15, 200]), 8))).toEqual([255, 16, 15, 200]);
    expect(firstChannel(solarize(grey([0, 127, 128, 255]), 128))).toEqual([0, 127, 127, 0]);
    expect(firstChannel(solarize(grey([0, 127, 128, 255]), 256))).toEqual([0, 127, 128, 255]);
  });
});

describe('warps', () => {
  it('leave the image alone at zero strength', () => {
    expect(turnByDegrees(image, 0)).toEqual(image.pixels);
    expect(translate(image, { right: 0, down: 0 })).toEqual(image.pixels);
  });

  it('turn by 90 degrees like an exact quarter turn', () => {
    const exact = turnPixels({ count: 1, ...image }, [1]).pixels;
    expect(turnByDegrees(image, 90)).toEqual(exact);
  });

  it('move by whole and half pixels, with black from outside', () => {
    const square = grey([10, 20, 30, 40]);
    expect(firstChannel(translate(square, { right: 1, down: 0 }))).toEqual([0, 10, 0, 30]);
    expect(firstChannel(translate(square, { right: 0, down: -1 }))).toEqual([30, 40, 0, 0]);
    expect(firstChannel(translate(square, { right: 0.5, down: 0 }))).toEqual([5, 15, 15, 35]);
  });

  it('shear more the further down', () => {
    const square = grey([10, 20, 30, 40]);
    expect(firstChannel(shearHorizontally(square, 1))).toEqual([10, 20, 40, 0]);
  });
});

describe('PIXEL_OPERATIONS', () => {
  it.each(Object.entries(PIXEL_OPERATIONS))(
    '%s gives an image of the same size, the same for the same stream',
    (_, operation) => {
      for (const severity of [1, 10]) {
        const once = operation(image, new SeededRandom(3), severity);
        expect(once).toHaveLength(image.pixels.length);
        expect(operation(image, new SeededRandom(3), severity)).toEqual(once);
      }
    },
  );
});
