import { SeededRandom } from '@winnow/random';
import { colorJitter } from './color-jitter';

const image = { size: 1, pixels: Uint8Array.of(100, 60, 20) };
const seeds = Array.from({ length: 200 }, (_, seed) => new SeededRandom(seed));

describe('colorJitter', () => {
  it('stays within what was asked for', () => {
    const reds = seeds.map((random) => colorJitter(image, random, { brightness: 0.4 })[0] as number);
    expect(Math.min(...reds)).toBeGreaterThanOrEqual(60);
    expect(Math.max(...reds)).toBeLessThanOrEqual(140);
    expect(Math.min(...reds)).toBeLessThan(65);
    expect(Math.max(...reds)).toBeGreaterThan(135);
  });

  it('leaves alone what is not asked for, and draws the rest the same', () => {
    expect(colorJitter(image, new SeededRandom(1), {})).toEqual(image.pixels);
    const hued = colorJitter(image, new SeededRandom(1), { hue: 0.5 });
    expect(Math.max(...hued)).toBe(100);
    expect(Math.min(...hued)).toBe(20);
    expect(hued).not.toEqual(image.pixels);
  });

  it('takes its changes in another order from image to image', () => {
    // Brightness, then contrast with an image of one pixel: only the order decides whether white is cut off first.
    const bright = { size: 2, pixels: Uint8Array.from({ length: 12 }, (_, at) => (at < 6 ? 250 : 20)) };
    const views = seeds
      .slice(0, 40)
      .map((random) => colorJitter(bright, random, { brightness: 0.8, contrast: 0.8 }).join());
    expect(new Set(views).size).toBeGreaterThan(30);
  });
});
