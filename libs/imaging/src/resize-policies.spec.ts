import fc from 'fast-check';
import sharp from 'sharp';
import { centredSquare, decodeImage, encodeJpeg, encodePng, makeSquare, resizeRgb } from './index';
import type { ResizePolicy } from '@winnow/contracts';
import type { RgbImage } from './index';
import { centredPart } from './resample/image-region';

const LIMITS = { maxPixels: 1e8, minSide: 1, maxAspectRatio: 1e6 };
const POLICIES: readonly ResizePolicy[] = ['squash', 'cover', 'attention', 'letterbox', 'keep'];

/** Grey slopes with a red, finely chequered square: what draws the eye. */
function scene(width: number, height: number, [left, top, side]: readonly [number, number, number]): RgbImage {
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const isThere = x >= left && x < left + side && y >= top && y < top + side;
      const grey = 90 + Math.round((40 * x) / width + (30 * y) / height);
      data.set(isThere ? [250, 30 + 120 * ((x + y) % 2), 40] : [grey, grey, grey], (y * width + x) * 3);
    }
  }
  return { width, height, data };
}

const redFraction = ({ data }: RgbImage): number => {
  let red = 0;
  for (let at = 0; at < data.length; at += 3) if ((data[at] ?? 0) > 2 * (data[at + 2] ?? 0)) red += 1;
  return red / (data.length / 3);
};

async function madeOf(bytes: Uint8Array, policy: ResizePolicy, size: number): Promise<RgbImage> {
  const made = await makeSquare(bytes, { size, policy, format: 'png', quality: 90, maxPixels: 1e8 });
  if (!made.ok) throw new Error(made.detail);
  const decoded = await decodeImage(made.bytes, LIMITS);
  if (!decoded.ok) throw new Error(decoded.detail);
  return decoded.image;
}

describe('resize policies', () => {
  it.each(POLICIES)('%s gives the same bytes each time, also of several at once', async (policy) => {
    const image = scene(300, 180, [200, 60, 50]);
    for (const bytes of [await encodePng(image), await encodeJpeg(image, 85)]) {
      const options = { size: 64, policy, format: 'jpeg', quality: 90, maxPixels: 1e8 } as const;
      const first = await makeSquare(bytes, options);
      expect(first.ok).toBe(true);
      const more = await Promise.all(Array.from({ length: 6 }, () => makeSquare(bytes, options)));
      for (const other of more) expect(other).toEqual(first);
    }
    const pixels = await resizeRgb(image, 64, policy);
    for (let run = 0; run < 4; run += 1) expect(await resizeRgb(image, 64, policy)).toEqual(pixels);
  });

  it.each(POLICIES)('%s gives the size that it says, of any image', async (policy) => {
    const side = fc.integer({ min: 1, max: 160 });
    await fc.assert(
      fc.asyncProperty(side, side, fc.integer({ min: 1, max: 90 }), async (width, height, size) => {
        const image = scene(width, height, [0, 0, 9]);
        const longest = Math.min(width, height) * 16;
        const ratio = Math.min(longest, Math.max(width, height)) / Math.min(width, height);
        for (const made of [await resizeRgb(image, size, policy), await madeOf(await encodePng(image), policy, size)]) {
          expect(made.data).toHaveLength(made.width * made.height * 3);
          if (policy !== 'keep') expect([made.width, made.height]).toEqual([size, size]);
          else {
            expect(Math.min(made.width, made.height)).toBe(size);
            expect(Math.abs(Math.max(made.width, made.height) - size * ratio)).toBeLessThanOrEqual(1);
            expect(made.width >= made.height).toBe(width >= height || made.width === made.height);
          }
        }
      }),
      { seed: 4, numRuns: 20 },
    );
  });

  it('attention cuts where there is most to see, cover in the middle', async () => {
    for (const left of [10, 230]) {
      const image = scene(320, 100, [left, 20, 60]);
      const [seen, middle] = [await resizeRgb(image, 50, 'attention'), await resizeRgb(image, 50, 'cover')];
      expect(redFraction(seen)).toBeGreaterThan(0.3);
      expect(redFraction(middle)).toBe(0);
      expect(redFraction(await madeOf(await encodePng(image), 'attention', 50))).toBeGreaterThan(0.3);
      expect(redFraction(await madeOf(await encodePng(image), 'cover', 50))).toBe(0);
    }
  });

  it('keep sees images upright, and takes the middle of very long ones', async () => {
    const { data } = scene(120, 60, [0, 0, 30]);
    const raw = { width: 120, height: 60, channels: 3 } as const;
    const turned = await sharp(data, { raw }).withMetadata({ orientation: 6 }).png().toBuffer();
    const upright = await madeOf(turned, 'keep', 30);
    expect([upright.width, upright.height]).toEqual([30, 60]);
    // A strip of 2 x 4000 pixels: at most 16 : 1 is left of it, from its middle.
    const strip = scene(4000, 2, [1990, 0, 20]);
    const kept = await madeOf(await encodePng(strip), 'keep', 20);
    expect([kept.width, kept.height]).toEqual([320, 20]);
    expect(redFraction(kept)).toBeGreaterThan(0.5);
    expect(await resizeRgb(strip, 20, 'keep')).toEqual(kept);
  });
});

describe('centredSquare and centredPart', () => {
  it('lie in the middle, as large as may be', () => {
    expect(centredSquare(10, 4)).toEqual({ left: 3, top: 0, width: 4, height: 4 });
    expect(centredSquare(4, 9)).toEqual({ left: 0, top: 2, width: 4, height: 4 });
    expect(centredPart(100, 3, 16)).toEqual({ left: 26, top: 0, width: 48, height: 3 });
    expect(centredPart(40, 30, 16)).toEqual({ left: 0, top: 0, width: 40, height: 30 });
  });
});
