import { decodeImage } from './decode-image';
import { decodeRegion } from './decode-region';
import { encodeJpeg, encodePng } from '../resample/encode-image';
import { wholeRegion } from '../resample/image-region';
import { jpegSize } from '../formats/jpeg-size';
import { resampleRegion } from '../resample/resample-region';
import { openRgb } from './sharp-engine';

const LIMITS = { maxPixels: 1_000_000, minSide: 1, maxAspectRatio: 1000 };

/** Smooth in both directions, so that different filters agree. */
function gradient(width: number, height: number) {
  const data = new Uint8Array(width * height * 3);
  for (let at = 0; at < width * height; at += 1) {
    data[at * 3] = Math.round((255 * (at % width)) / width);
    data[at * 3 + 1] = Math.round((255 * Math.floor(at / width)) / height);
    data[at * 3 + 2] = 128;
  }
  return { width, height, data };
}

async function decodeRegionOf(bytes: Uint8Array, choose = wholeRegion, size = 32): Promise<Uint8Array> {
  const decoded = await decodeRegion(bytes, { choose, size, limits: LIMITS });
  if (!decoded.ok) throw new Error(decoded.detail);
  return decoded.data;
}

const largestDifference = (a: Uint8Array, b: Uint8Array): number =>
  a.reduce((most, value, at) => Math.max(most, Math.abs(value - (b[at] as number))), 0);

describe('decodeRegion', () => {
  it.each(['jpeg', 'png'])('gives what resampling the decoded image gives (%s)', async (format) => {
    const image = gradient(50, 40);
    const bytes = format === 'jpeg' ? await encodeJpeg(image, 95) : await encodePng(image);
    const region = { left: 7, top: 3, width: 30, height: 25 };
    const decoded = await decodeImage(bytes, LIMITS);
    const expected = resampleRegion((decoded as { image: typeof image }).image, region, 32);
    const choose = (width: number, height: number) => {
      expect([width, height]).toEqual([50, 40]);
      return region;
    };
    expect(await decodeRegionOf(bytes, choose)).toEqual(expected);
  });

  it('lets the decoder shrink large regions, to nearly the same pixels', async () => {
    const image = gradient(400, 300);
    const region = { left: 37, top: 21, width: 300, height: 260 };
    const found = await decodeRegionOf(await encodeJpeg(image, 95), () => region);
    expect(largestDifference(found, resampleRegion(image, region, 32))).toBeLessThan(10);
  });

  it('sees images upright, in both ways of decoding', async () => {
    for (const [width, height] of [
      [60, 40],
      [300, 200],
    ] as const) {
      const turned = new Uint8Array(
        await openRgb(gradient(width, height)).withMetadata({ orientation: 6 }).jpeg().toBuffer(),
      );
      const seen: number[][] = [];
      const found = await decodeRegionOf(turned, (...size) => {
        seen.push(size);
        return wholeRegion(...size);
      });
      expect(seen).toEqual([[height, width]]);
      // Turned clockwise: what was at the bottom (green) is now on the left.
      expect(found[16 * 32 * 3 + 1]).toBeGreaterThan(200);
      expect(found[(16 * 32 + 31) * 3 + 1]).toBeLessThan(60);
    }
  });

  it('refuses what decodeImage refuses', async () => {
    const bytes = await encodeJpeg(gradient(50, 40), 90);
    const request = { choose: wholeRegion, size: 32, limits: LIMITS };
    expect(await decodeRegion(bytes.subarray(0, 300), request)).toMatchObject({ ok: false, outcome: 'truncated' });
    expect(await decodeRegion(bytes, { ...request, limits: { ...LIMITS, maxPixels: 100 } })).toMatchObject({
      outcome: 'too_many_pixels',
    });
    expect(await decodeRegion(Buffer.from('hello'), request)).toMatchObject({ outcome: 'not_an_image' });
  });
});

describe('jpegSize', () => {
  it('reads the frame header and nothing else', async () => {
    expect(jpegSize(await encodeJpeg(gradient(50, 41), 90))).toEqual({
      width: 50,
      height: 41,
      channels: 3,
      isProgressive: false,
    });
    const progressive = await openRgb(gradient(31, 20)).withMetadata().jpeg({ progressive: true }).toBuffer();
    expect(jpegSize(progressive)).toEqual({ width: 31, height: 20, channels: 3, isProgressive: true });
    expect(jpegSize(await encodePng(gradient(50, 40)))).toBeNull();
  });

  it('gives up on anything odd, however short', async () => {
    const bytes = await encodeJpeg(gradient(50, 40), 90);
    for (let length = 0; length < 160; length += 1)
      expect([null, 50]).toContain(jpegSize(bytes.subarray(0, length))?.width ?? null);
    expect(jpegSize(Uint8Array.of(0xff, 0xd8, 0xff, 0xda, 0, 8, 1, 1, 1, 1, 1, 1, 1, 1))).toBeNull();
  });
});
