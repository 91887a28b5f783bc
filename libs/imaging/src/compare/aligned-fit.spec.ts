import { SeededRandom } from '@winnow/random';
import { alignableImage } from './alignable-image';
import { alignedFit, fitsAsCopy } from './aligned-fit';
import { detailFit, lumaSquare, flipLayout, lumaDescriptor } from './luma-descriptor';
import { copyConfirmer } from './confirm-copies';
import type { RgbImage } from '../rgb-image';

/** Smooth blobs of light with fine grain: something to align, and detail to tell it by. */
function drawn(seed: string, width: number, height: number): (x: number, y: number) => number {
  const random = new SeededRandom(seed);
  const waves = Array.from({ length: 14 }, () => ({
    x: (random.next() - 0.5) * 40,
    y: (random.next() - 0.5) * 40,
    phase: random.next() * 6.28,
    strength: 4 + random.next() * 14,
  }));
  return (x, y) =>
    128 +
    waves.reduce(
      (sum, wave) => sum + wave.strength * Math.sin((wave.x * x) / width + (wave.y * y) / height + wave.phase),
      0,
    );
}

/** Samples a drawing over a window of it. */
function image(
  light: (x: number, y: number) => number,
  { left = 0, top = 0, width = 120, height = 90, flipped = false, outWidth = 120, outHeight = 90 } = {},
): RgbImage {
  const data = new Uint8Array(outWidth * outHeight * 3);
  for (let y = 0; y < outHeight; y += 1) {
    for (let x = 0; x < outWidth; x += 1) {
      const u = left + ((flipped ? outWidth - 1 - x : x) * width) / outWidth;
      const value = Math.max(0, Math.min(255, light(u, top + (y * height) / outHeight)));
      data.fill(value, (y * outWidth + x) * 3, (y * outWidth + x) * 3 + 3);
    }
  }
  return { width: outWidth, height: outHeight, data };
}

const light = drawn('one', 120, 90);
const whole = image(light);
const fit = (a: RgbImage, b: RgbImage) => alignedFit(alignableImage(a), alignableImage(b));

describe('alignedFit', () => {
  it('is one for the same image, at another size too', () => {
    expect(fit(whole, whole).light).toBeCloseTo(1, 2);
    const small = fit(whole, image(light, { outWidth: 60, outHeight: 45 }));
    expect([small.light, small.detail].every((value) => value > 0.9)).toBe(true);
  });

  it.each([
    ['cut by a tenth on each side', { left: 12, top: 9, width: 96, height: 72 }],
    ['mirrored', { flipped: true }],
    ['shifted', { left: 8, top: 5 }],
    ['padded', { left: -15, top: -12, width: 150, height: 114 }],
  ])('finds a copy that is %s', (_, window) => {
    expect(fitsAsCopy(fit(whole, image(light, window)))).toBe(true);
  });

  it('finds no mirrored copy where that is not one', () => {
    const pair = [alignableImage(whole), alignableImage(image(light, { flipped: true }))] as const;
    expect(fitsAsCopy(alignedFit(...pair, { mirrors: false }))).toBe(false);
  });

  it('does not take another image for a copy, nor one without contrast', () => {
    for (const seed of ['two', 'three', 'four', 'five']) {
      expect(fitsAsCopy(fit(whole, image(drawn(seed, 120, 90))))).toBe(false);
    }
    const flat = image(() => 90);
    expect(fit(whole, flat).light).toBe(0);
    expect(fitsAsCopy(fit(whole, flat))).toBe(false);
    expect(fitsAsCopy(fit(flat, flat))).toBe(false);
  });

  it('copes with images of a pixel', () => {
    const dot = { width: 1, height: 1, data: Uint8Array.from([9, 9, 9]) };
    expect(fitsAsCopy(fit(dot, dot))).toBe(false);
    expect(fitsAsCopy(fit(whole, dot))).toBe(false);
  });
});

describe('copyConfirmer', () => {
  it('says of each pair whether it shows one image, and reads each image once', async () => {
    const images = new Map([
      ['whole', whole],
      ['cut', image(light, { left: 10, width: 100 })],
      ['other', image(drawn('two', 120, 90))],
    ]);
    const read: string[] = [];
    const confirm = copyConfirmer(
      (id) => {
        read.push(id);
        return Promise.resolve(images.get(id) as RgbImage);
      },
      { mirrors: true },
    );
    const pair = (kept: string, copy: string) => ({ kept: { id: kept }, copy: { id: copy } });
    expect(await confirm([pair('whole', 'cut'), pair('whole', 'other')])).toEqual([true, false]);
    expect(read).toEqual(['whole', 'cut', 'other']);
  });
});

describe('lumaDescriptor', () => {
  it('has a layout of length one and mean zero, and none without contrast', () => {
    const layout = lumaDescriptor(lumaSquare(whole)).layout as Float32Array;
    expect(layout).toHaveLength(64);
    expect(layout.reduce((sum, value) => sum + value, 0)).toBeCloseTo(0, 4);
    expect(layout.reduce((sum, value) => sum + value ** 2, 0)).toBeCloseTo(1, 4);
    expect(lumaDescriptor(lumaSquare(image(() => 90))).layout).toBeNull();
  });

  it('mirrors a layout as the image', () => {
    const flipped = lumaDescriptor(lumaSquare(image(light, { flipped: true }))).layout as Float32Array;
    const expected = flipLayout(lumaDescriptor(lumaSquare(whole)).layout as Float32Array);
    expected.forEach((value, index) => expect(flipped[index]).toBeCloseTo(value, 1));
    expect([...flipLayout(Float32Array.from({ length: 64 }, (_, index) => index)).slice(8, 16)]).toEqual([
      15, 14, 13, 12, 11, 10, 9, 8,
    ]);
  });

  it('tells copies by detail, place by place, in a mirror where that is asked', () => {
    const look = lumaDescriptor(lumaSquare(whole));
    const flipped = lumaDescriptor(lumaSquare(image(light, { flipped: true })));
    const other = lumaDescriptor(lumaSquare(image(drawn('two', 120, 90))));
    expect(detailFit(look, look, false)).toBeCloseTo(1, 5);
    expect(detailFit(look, flipped, true)).toBeGreaterThan(0.9);
    expect(detailFit(look, flipped, false)).toBeLessThan(0.4);
    expect(detailFit(look, other, false)).toBeLessThan(0.4);
  });
});
