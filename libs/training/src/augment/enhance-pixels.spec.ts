import { adjustBrightness, adjustContrast, adjustHue, adjustSaturation, adjustSharpness } from './enhance-pixels';

const image = (...pixels: readonly (readonly [number, number, number])[]) => ({
  size: Math.sqrt(pixels.length),
  pixels: Uint8Array.from(pixels.flat()),
});
const RED = [255, 0, 0] as const;
const DARK = [10, 20, 30] as const;
const four = image(RED, DARK, [200, 100, 50], [0, 0, 0]);

describe('colour changes', () => {
  it.each([adjustBrightness, adjustContrast, adjustSaturation, adjustSharpness])(
    '%p leaves all alone at 1',
    (change) => {
      expect(change(four, 1)).toEqual(four.pixels);
    },
  );

  it('brightness multiplies and stops at white', () => {
    expect([...adjustBrightness(image(DARK), 2)]).toEqual([20, 40, 60]);
    expect([...adjustBrightness(image([200, 100, 1]), 1.5)]).toEqual([255, 150, 2]);
    expect(adjustBrightness(four, 0).every((value) => value === 0)).toBe(true);
  });

  it('contrast moves away from the mean grey', () => {
    // Greys 100 and 200: mean 150.
    const two = image([100, 100, 100], [200, 200, 200], [100, 100, 100], [200, 200, 200]);
    expect([...adjustContrast(two, 0.5)].slice(0, 6)).toEqual([125, 125, 125, 175, 175, 175]);
    expect([...adjustContrast(two, 2)].slice(0, 6)).toEqual([50, 50, 50, 250, 250, 250]);
    expect(new Set(adjustContrast(two, 0))).toEqual(new Set([150]));
  });

  it('saturation moves away from the grey of each pixel', () => {
    // .299 255 = 76.245
    expect([...adjustSaturation(image(RED), 0)]).toEqual([76, 76, 76]);
    expect([...adjustSaturation(image(RED), 0.5)]).toEqual([166, 38, 38]);
    expect([...adjustSaturation(image([77, 77, 77]), 3)]).toEqual([77, 77, 77]);
  });

  it('sharpness moves away from the mean of the neighbours, but not at the border', () => {
    const dot = { size: 3, pixels: new Uint8Array(27) };
    dot.pixels.fill(130, 12, 15);
    // Smooth: 5/13 of 130 is 50.
    expect([...adjustSharpness(dot, 0)].slice(12, 15)).toEqual([50, 50, 50]);
    expect([...adjustSharpness(dot, 1.5)].slice(12, 15)).toEqual([170, 170, 170]);
    expect([...adjustSharpness(dot, 0)].slice(0, 12)).toEqual(new Array(12).fill(0));
  });

  it('hue turns through the primaries and keeps greys', () => {
    expect([...adjustHue(image(RED), 1 / 3)]).toEqual([0, 255, 0]);
    expect([...adjustHue(image(RED), -1 / 3)]).toEqual([0, 0, 255]);
    expect([...adjustHue(image(RED), 0.5)]).toEqual([0, 255, 255]);
    expect([...adjustHue(image([40, 40, 40]), 0.3)]).toEqual([40, 40, 40]);
    expect(adjustHue(four, 0)).toEqual(four.pixels);
    // Value and saturation stay: the largest and the smallest channel keep their values.
    const turned = [...adjustHue(image([200, 100, 50]), 0.2)];
    expect([Math.max(...turned), Math.min(...turned)]).toEqual([200, 50]);
  });
});
