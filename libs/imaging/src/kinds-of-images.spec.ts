import sharp from 'sharp';
import type { Sharp } from 'sharp';
import {
  analyseImage,
  decodeImage,
  decodeRegion,
  describeImage,
  encodePng,
  inspectImage,
  lumaSquare,
  makeSquare,
  readDescriptor,
  resizeRgb,
  thumbnailOf,
  wholeRegion,
} from './index';
import type { ImageLimits, RgbImage } from './index';

const LIMITS: ImageLimits = { maxPixels: 1_000_000, minSide: 1, maxAspectRatio: 10 };
const SIDE = 64;

/** Four patches with tiles of many greys: every turn of it, and every mistake about colour, shows; edges reach all frequencies. */
function drawing(width: number, height: number): RgbImage {
  const data = new Uint8Array(width * height * 3);
  for (let at = 0; at < width * height; at += 1) {
    const [x, y] = [(at % width) / width, Math.floor(at / width) / height];
    const patch = [200, 64, 50, 64, 160, 90, 40, 70, 190, 170, 150, 60].slice((x < 0.5 ? 0 : 3) + (y < 0.5 ? 0 : 6));
    const tile = (Math.imul(Math.floor(x * 19) * 31 + Math.floor(y * 17) + 7, 0x9e37_79b1) >>> 26) - 10;
    for (let band = 0; band < 3; band += 1) data[at * 3 + band] = (patch[band] as number) + tile;
  }
  return { width, height, data };
}

function draw(width = SIDE, height = SIDE): Sharp {
  const { data } = drawing(width, height);
  return sharp(data, { raw: { width, height, channels: 3 } });
}

const seeThrough = (picture: Sharp): Sharp => picture.ensureAlpha(0.5);

const KINDS: Readonly<Record<string, (picture: Sharp) => Sharp>> = {
  'CMYK JPEG': (picture) => picture.withIccProfile('cmyk').jpeg({ quality: 98 }),
  'CMYK TIFF': (picture) => picture.withIccProfile('cmyk').tiff({ compression: 'lzw' }),
  'Display-P3 JPEG': (picture) => picture.withIccProfile('p3').jpeg({ quality: 98, chromaSubsampling: '4:4:4' }),
  'Display-P3 PNG': (picture) => picture.withIccProfile('p3').png(),
  'Display-P3 WebP': (picture) => picture.withIccProfile('p3').webp({ lossless: true }),
  'Display-P3 AVIF': (picture) => picture.withIccProfile('p3').avif({ lossless: true, effort: 0 }),
  'grey JPEG': (picture) => picture.toColourspace('b-w').jpeg(),
  'grey PNG of 16 bits': (picture) => picture.toColourspace('grey16').png(),
  'PNG of 16 bits': (picture) => picture.toColourspace('rgb16').png(),
  'TIFF of 16 bits': (picture) => picture.toColourspace('rgb16').tiff({ compression: 'deflate' }),
  'PNG with alpha': (picture) => seeThrough(picture).png(),
  'PNG of 16 bits with alpha': (picture) => seeThrough(picture).toColourspace('rgb16').png(),
  'grey PNG with alpha': (picture) => seeThrough(picture).toColourspace('b-w').png(),
  'WebP with alpha': (picture) => seeThrough(picture).webp({ lossless: true }),
  'AVIF with alpha': (picture) => seeThrough(picture).avif({ lossless: true, effort: 0 }),
  'PNG with a palette': (picture) => picture.png({ palette: true, colours: 64 }),
  'progressive JPEG': (picture) => picture.jpeg({ progressive: true }),
  GIF: (picture) => picture.gif(),
  ...Object.fromEntries(
    [1, 2, 3, 4, 5, 6, 7, 8].map((orientation) => [
      `JPEG with orientation ${orientation}`,
      (picture: Sharp) => picture.withMetadata({ orientation }).jpeg({ quality: 98, chromaSubsampling: '4:4:4' }),
    ]),
  ),
  'PNG with orientation 6': (picture) => picture.withMetadata({ orientation: 6 }).png(),
  'WebP with orientation 6': (picture) => picture.withMetadata({ orientation: 6 }).webp(),
  'TIFF with orientation 6': (picture) => picture.withMetadata({ orientation: 6 }).tiff(),
  'AVIF with orientation 6': (picture) => picture.withMetadata({ orientation: 6 }).avif({ effort: 0 }),
};

function passed<Result extends { readonly ok: boolean }>(result: Result): Extract<Result, { readonly ok: true }> {
  if (!result.ok) throw new Error(JSON.stringify(result));
  return result as Extract<Result, { readonly ok: true }>;
}

async function squareOf(bytes: Uint8Array, size: number): Promise<Buffer> {
  const options = { size, policy: 'squash', format: 'png', quality: 90, maxPixels: LIMITS.maxPixels } as const;
  return sharp(passed(await makeSquare(bytes, options)).bytes)
    .raw()
    .toBuffer();
}

const meanDifference = (a: Uint8Array, b: Uint8Array): number => {
  expect(a).toHaveLength(b.length);
  return a.reduce((sum, value, at) => sum + Math.abs(value - (b[at] as number)), 0) / a.length;
};

describe.each(Object.entries(KINDS))('a %s', (name, encode) => {
  it('is the same image for all that read it', async () => {
    const bytes = await encode(draw()).toBuffer();
    const { image } = passed(await decodeImage(bytes, LIMITS));
    expect(image.data).toHaveLength(SIDE * SIDE * 3);
    // Nothing is resized, so nothing may differ.
    const region = passed(await decodeRegion(bytes, { choose: wholeRegion, size: SIDE, limits: LIMITS }));
    expect(Buffer.compare(region.data, image.data)).toBe(0);
    expect(Buffer.compare(await squareOf(bytes, SIDE), image.data)).toBe(0);
    const [measured, plain] = [await analyseImage(bytes, LIMITS), await analyseImage(await encodePng(image), LIMITS)];
    expect(passed(measured).pixelSha256).toBe(passed(plain).pixelSha256);
  });

  it('is nearly so where its decoder shrinks it, and its size is that of the upright image', async () => {
    const bytes = await encode(draw(300, 200)).toBuffer();
    const { image } = passed(await decodeImage(bytes, LIMITS));
    const turns = /orientation [5-8]/.test(name);
    expect([image.width, image.height]).toEqual(turns ? [200, 300] : [300, 200]);
    expect(await inspectImage(bytes, LIMITS)).toMatchObject({ width: image.width, height: image.height });
    // Filters differ by a few greys at edges; colours taken for others would by dozens.
    const small = (await resizeRgb(image, 32, 'squash')).data;
    expect(meanDifference(await squareOf(bytes, 32), small)).toBeLessThan(5);
    const region = passed(await decodeRegion(bytes, { choose: wholeRegion, size: 32, limits: LIMITS }));
    expect(meanDifference(region.data, small)).toBeLessThan(5);
    const [measured, plain] = [
      passed(await analyseImage(bytes, LIMITS)),
      passed(await analyseImage(await encodePng(image), LIMITS)),
    ];
    expect([measured.width, measured.height]).toEqual([image.width, image.height]);
    const shared = BigInt(`0x${measured.pdq}`) ^ BigInt(`0x${plain.pdq}`);
    expect(shared.toString(2).replaceAll('0', '').length).toBeLessThanOrEqual(10);
  });

  it('is refused by all before it is decoded where it has too many pixels', async () => {
    const bytes = await encode(draw()).toBuffer();
    const limits = { ...LIMITS, maxPixels: SIDE * SIDE - 1 };
    const square = { size: 8, policy: 'squash', format: 'png', quality: 90, maxPixels: limits.maxPixels } as const;
    for (const result of [
      await inspectImage(bytes, limits),
      await decodeImage(bytes, limits),
      await analyseImage(bytes, limits),
      await decodeRegion(bytes, { choose: wholeRegion, size: 8, limits }),
      await makeSquare(bytes, square),
    ]) {
      expect(result).toMatchObject({ ok: false, outcome: 'too_many_pixels' });
    }
  });
});

describe('colours and turns', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])('come from where orientation %d says', async (orientation) => {
    const [width, height] = [6, 4];
    const { data } = drawing(width, height);
    const bytes = await draw(width, height).withMetadata({ orientation }).png().toBuffer();
    const { image } = passed(await decodeImage(bytes, LIMITS));
    // EXIF 2.3: the visual place of the stored first row and first column.
    const [right, bottom] = [width - 1, height - 1];
    const storedAt = (x: number, y: number): readonly [number, number] =>
      (
        {
          ...{ 1: [x, y], 2: [right - x, y], 3: [right - x, bottom - y], 4: [x, bottom - y] },
          ...{ 5: [y, x], 6: [y, bottom - x], 7: [right - y, bottom - x], 8: [right - y, x] },
        } as Record<number, readonly [number, number]>
      )[orientation] as readonly [number, number];
    for (let y = 0; y < image.height; y += 1) {
      for (let x = 0; x < image.width; x += 1) {
        const [column, row] = storedAt(x, y);
        const [to, from] = [(y * image.width + x) * 3, (row * width + column) * 3];
        expect([...image.data.subarray(to, to + 3)]).toEqual([...data.subarray(from, from + 3)]);
      }
    }
  });

  it('of Display-P3 become those of sRGB that look the same', async () => {
    const bytes = await draw(16, 16).withIccProfile('p3').png().toBuffer();
    const stored = await sharp(bytes, { ignoreIcc: true }).raw().toBuffer();
    const { image } = passed(await decodeImage(bytes, LIMITS));
    expect(Buffer.compare(stored, image.data)).not.toBe(0);
    const linear = (value: number) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
    const coded = (value: number) => (value <= 0.0031308 ? value * 12.92 : 1.055 * value ** (1 / 2.4) - 0.055);
    // Both have the white D65 and the curve of sRGB; the matrix is sRGB^-1 times Display-P3 (CSS Color 4).
    const rows = [
      [1.2249, -0.2247, 0],
      [-0.042, 1.0419, 0],
      [-0.0197, -0.0786, 1.0979],
    ];
    for (let at = 0; at < stored.length; at += 3) {
      const [red = 0, green = 0, blue = 0] = [0, 1, 2].map((band) => linear((stored[at + band] as number) / 255));
      rows.forEach(([r = 0, g = 0, b = 0], band) => {
        const expected = 255 * coded(Math.min(1, Math.max(0, r * red + g * green + b * blue)));
        expect(Math.abs((image.data[at + band] as number) - expected)).toBeLessThan(2.5);
      });
    }
  });

  it('of 16 bits are the upper 8 of them', async () => {
    // 0x4080, 0x8040, 0xc0c0: the lower bytes must not be taken for the value.
    const data = Uint16Array.of(0x4080, 0x8040, 0xc0c0, 0x10ff, 0x20fe, 0x30fd);
    const raw = { width: 2, height: 1, channels: 3 } as const;
    const picture = sharp(data, { raw }).pipelineColourspace('rgb16').toColourspace('rgb16');
    for (const bytes of [
      await picture.clone().png().toBuffer(),
      await picture.clone().tiff({ compression: 'none' }).toBuffer(),
    ]) {
      expect((await sharp(bytes).metadata()).depth).toBe('ushort');
      expect([...passed(await decodeImage(bytes, LIMITS)).image.data]).toEqual([0x40, 0x80, 0xc0, 0x10, 0x20, 0x30]);
    }
  });

  it('that let half of white through are light, in every format', async () => {
    const see = sharp({
      create: { width: 16, height: 16, channels: 4, background: { r: 200, g: 0, b: 0, alpha: 0.5 } },
    });
    for (const bytes of [
      await see.clone().png().toBuffer(),
      await see.clone().toColourspace('rgb16').png().toBuffer(),
      await see.clone().webp({ lossless: true }).toBuffer(),
      await see.clone().tiff({ compression: 'lzw' }).toBuffer(),
      await see.clone().avif({ lossless: true, effort: 0 }).toBuffer(),
    ]) {
      const { data } = passed(await decodeImage(bytes, LIMITS)).image;
      [227, 127, 127].forEach((value, band) => expect(Math.abs((data[band] as number) - value)).toBeLessThanOrEqual(2));
    }
  });
});

describe('the descriptor that analysing gives', () => {
  it.each(Object.keys(KINDS))('is that of the decoded image: %s', async (kind) => {
    for (const [width, height] of [
      [SIDE, SIDE],
      [250, 90],
      [19, 33],
    ] as const) {
      const bytes = await (KINDS[kind] as (typeof KINDS)[string])(draw(width, height)).toBuffer();
      const { image } = passed(await decodeImage(bytes, LIMITS));
      const { descriptor } = passed(await analyseImage(bytes, LIMITS));
      expect(descriptor).toEqual(describeImage(image));
      const read = readDescriptor(descriptor as Uint8Array);
      expect(read).toEqual({ thumbnail: thumbnailOf(image), luma: lumaSquare(image) });
    }
  });

  it('is none where the image is larger than what analysing looks at', async () => {
    const bytes = await draw(257, 100).png().toBuffer();
    expect(passed(await analyseImage(bytes, LIMITS)).descriptor).toBeNull();
    expect(readDescriptor(new Uint8Array(12))).toBeNull();
  });
});
