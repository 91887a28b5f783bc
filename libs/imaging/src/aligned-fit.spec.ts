import { SeededRandom } from '@winnow/random';
import { alignablePicture } from './alignable-picture';
import { alignedFit, fitsAsCopy } from './aligned-fit';
import { detailFit, mirrorLayout, pictureLook } from './picture-look';
import { copyConfirmer } from './confirm-copies';
import type { RgbImage } from './rgb-image';

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
function picture(
  light: (x: number, y: number) => number,
  { left = 0, top = 0, width = 120, height = 90, mirrored = false, outWidth = 120, outHeight = 90 } = {},
): RgbImage {
  const data = new Uint8Array(outWidth * outHeight * 3);
  for (let y = 0; y < outHeight; y += 1) {
    for (let x = 0; x < outWidth; x += 1) {
      const u = left + ((mirrored ? outWidth - 1 - x : x) * width) / outWidth;
      const value = Math.max(0, Math.min(255, light(u, top + (y * height) / outHeight)));
      data.fill(value, (y * outWidth + x) * 3, (y * outWidth + x) * 3 + 3);
    }
  }
  return { width: outWidth, height: outHeight, data };
}

const light = drawn('one', 120, 90);
const whole = picture(light);
const fit = (a: RgbImage, b: RgbImage) => alignedFit(alignablePicture(a), alignablePicture(b));

describe('alignedFit', () => {
  it('is one for the same picture, at another size too', () => {
    expect(fit(whole, whole).light).toBeCloseTo(1, 2);
    const small = fit(whole, picture(light, { outWidth: 60, outHeight: 45 }));
    expect([small.light, small.detail].every((value) => value > 0.9)).toBe(true);
  });

  it.each([
    ['cut by a tenth on each side', { left: 12, top: 9, width: 96, height: 72 }],
    ['mirrored', { mirrored: true }],
    ['shifted', { left: 8, top: 5 }],
    ['padded', { left: -15, top: -12, width: 150, height: 114 }],
  ])('finds a copy that is %s', (_, window) => {
    expect(fitsAsCopy(fit(whole, picture(light, window)))).toBe(true);
  });

  it('finds no mirrored copy where that is not one', () => {
    const pair = [alignablePicture(whole), alignablePicture(picture(light, { mirrored: true }))] as const;
    expect(fitsAsCopy(alignedFit(...pair, { mirrors: false }))).toBe(false);
  });

  it('does not take another picture for a copy, nor one without contrast', () => {
    for (const seed of ['two', 'three', 'four', 'five']) {
      expect(fitsAsCopy(fit(whole, picture(drawn(seed, 120, 90))))).toBe(false);
    }
    const flat = picture(() => 90);
    expect(fit(whole, flat).light).toBe(0);
    expect(fitsAsCopy(fit(whole, flat))).toBe(false);
    expect(fitsAsCopy(fit(flat, flat))).toBe(false);
  });

  it('copes with pictures of a pixel', () => {
    const dot = { width: 1, height: 1, data: Uint8Array.from([9, 9, 9]) };
    expect(fitsAsCopy(fit(dot, dot))).toBe(false);
    expect(fitsAsCopy(fit(whole, dot))).toBe(false);
  });
});

describe('copyConfirmer', () => {
  it('says of each pair whether it shows one picture, and reads each picture once', async () => {
    const pictures = new Map([
      ['whole', whole],
      ['cut', picture(light, { left: 10, width: 100 })],
      ['other', picture(drawn('two', 120, 90))],
    ]);
    const read: string[] = [];
    const confirm = copyConfirmer(
      (id) => {
        read.push(id);
        return Promise.resolve(pictures.get(id) as RgbImage);
      },
      { mirrors: true },
    );
    const pair = (kept: string, copy: string) => ({ kept: { id: kept }, copy: { id: copy } });
    expect(await confirm([pair('whole', 'cut'), pair('whole', 'other')])).toEqual([true, false]);
    expect(read).toEqual(['whole', 'cut', 'other']);
  });
});

describe('pictureLook', () => {
  it('has a layout of length one and mean zero, and none without contrast', () => {
    const layout = pictureLook(whole).layout as Float32Array;
    expect(layout).toHaveLength(64);
    expect(layout.reduce((sum, value) => sum + value, 0)).toBeCloseTo(0, 4);
    expect(layout.reduce((sum, value) => sum + value ** 2, 0)).toBeCloseTo(1, 4);
    expect(pictureLook(picture(() => 90)).layout).toBeNull();
  });

  it('mirrors a layout as the picture', () => {
    const mirrored = pictureLook(picture(light, { mirrored: true })).layout as Float32Array;
    const expected = mirrorLayout(pictureLook(whole).layout as Float32Array);
    expected.forEach((value, index) => expect(mirrored[index]).toBeCloseTo(value, 1));
    expect([...mirrorLayout(Float32Array.from({ length: 64 }, (_, index) => index)).slice(8, 16)]).toEqual([
      15, 14, 13, 12, 11, 10, 9, 8,
    ]);
  });

  it('tells copies by detail, place by place, in a mirror where that is asked', () => {
    const look = pictureLook(whole);
    const mirrored = pictureLook(picture(light, { mirrored: true }));
    const other = pictureLook(picture(drawn('two', 120, 90)));
    expect(detailFit(look, look, false)).toBeCloseTo(1, 5);
    expect(detailFit(look, mirrored, true)).toBeGreaterThan(0.9);
    expect(detailFit(look, mirrored, false)).toBeLessThan(0.4);
    expect(detailFit(look, other, false)).toBeLessThan(0.4);
  });
});
