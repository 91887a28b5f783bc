import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import type { Sharp } from 'sharp';
import { analyseImage, decodeImage, makeSquare, pdqHash, resizeRgb } from '../index';
import type { ImageLimits } from '../index';
import type { ImageAnalysis } from './analyse-image';

const SHARED = join(__dirname, '../../../../../shared/data');
const LIMITS: ImageLimits = { maxPixels: 1_000_000, minSide: 16, maxAspectRatio: 5 };
const ROOMY: ImageLimits = { maxPixels: 1e8, minSide: 1, maxAspectRatio: 100 };

const drawn = new Map<string, Buffer>();

/** Overlapping rectangles with a little grain: edges reach all frequencies. */
function scene(width: number, height: number, seed = 0): Sharp {
  const key = `${width}x${height} ${seed}`;
  const data = drawn.get(key) ?? drawScene(width, height, seed);
  drawn.set(key, data);
  return sharp(data, { raw: { width, height, channels: 3 } });
}

function drawScene(width: number, height: number, seed: number): Buffer {
  const data = Buffer.alloc(width * height * 3);
  let state = seed + 7;
  const draw = (): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 8) / 2 ** 24;
  };
  for (let at = 0; at < data.length; at += 1) data[at] = 100 + ((at * 7919) % 11);
  for (let rectangle = 0; rectangle < 60; rectangle += 1) {
    const [left, top, grey] = [draw() * width - width / 5, draw() * height - height / 5, Math.floor(draw() * 240)];
    const right = Math.min(width, left + (0.1 + 0.3 * draw()) * width);
    const bottom = Math.min(height, top + (0.1 + 0.3 * draw()) * height);
    for (let y = Math.max(0, Math.round(top)); y < bottom; y += 1) {
      for (let at = (y * width + Math.max(0, Math.round(left))) * 3; at < (y * width + right - 1) * 3; at += 3) {
        data[at] = grey + ((at * 31) % 13);
        data[at + 1] = grey * 0.9;
        data[at + 2] = 250 - grey;
      }
    }
  }
  return data;
}

async function analysed(bytes: Uint8Array, limits = LIMITS): Promise<ImageAnalysis> {
  const result = await analyseImage(bytes, limits);
  if (!result.ok) throw new Error(`${result.outcome}: ${result.detail}`);
  return result;
}

function bitsApart(a: string, b: string): number {
  let difference = BigInt(`0x${a}`) ^ BigInt(`0x${b}`);
  let bits = 0;
  for (; difference > 0n; difference >>= 1n) bits += Number(difference & 1n);
  return bits;
}

const FORMATS = {
  jpeg: (image: Sharp) => image.jpeg().toBuffer(),
  'jpeg progressive': (image: Sharp) => image.jpeg({ progressive: true }).toBuffer(),
  png: (image: Sharp) => image.png().toBuffer(),
  'png interlaced': (image: Sharp) => image.png({ progressive: true }).toBuffer(),
  webp: (image: Sharp) => image.webp().toBuffer(),
  avif: (image: Sharp) => image.avif({ effort: 0 }).toBuffer(),
  gif: (image: Sharp) => image.gif().toBuffer(),
  tiff: (image: Sharp) => image.tiff({ compression: 'lzw' }).toBuffer(),
} as const;

describe.each(Object.entries(FORMATS))('analyseImage of a %s file', (name, encode) => {
  // Large enough that a JPEG is decoded at half of its size.
  let made: Promise<Buffer> | undefined;
  const make = (): Promise<Buffer> => (made ??= encode(scene(550, 410)));

  it('tells format and full size, and a hash near that of all pixels', async () => {
    const bytes = await make();
    const analysis = await analysed(bytes);
    const format = name.split(' ')[0];
    expect(analysis).toMatchObject({ ok: true, format, mime: `image/${format}`, width: 550, height: 410 });
    expect(analysis.pixelSha256).toMatch(/^[\da-f]{64}$/);
    const decoded = await decodeImage(bytes, LIMITS);
    if (!decoded.ok) throw new Error(decoded.detail);
    const full = pdqHash(decoded.image);
    expect(bitsApart(analysis.pdq, full.hash)).toBeLessThanOrEqual(4);
    expect(Math.abs(analysis.pdqQuality - full.quality)).toBeLessThanOrEqual(1);
    expect(await analysed(bytes)).toEqual(analysis);
  });

  it.each([0.1, 0.3, 0.6, 0.9, 0.98])('calls it truncated, as decodeImage does, when cut at %d', async (fraction) => {
    const bytes = await make();
    const cut = bytes.subarray(0, Math.floor(bytes.length * fraction));
    const result = await analyseImage(cut, LIMITS);
    expect(result).toMatchObject({ ok: false, outcome: 'truncated' });
    expect(await decodeImage(cut, LIMITS)).toMatchObject({ ok: false, outcome: 'truncated' });
    expect(await makeSquare(cut, { ...SQUARE, size: 64 })).toMatchObject({ ok: false, outcome: 'truncated' });
  });
});

const SQUARE = { size: 256, policy: 'squash', format: 'jpeg', quality: 95, maxPixels: 1e8 } as const;
/** A comment that holds an end marker, as a thumbnail in EXIF does: then the file seems to have its end. */
const MARKER_IN_COMMENT = Buffer.from([0xff, 0xfe, 0, 4, 0xff, 0xd9]);

describe('analyseImage', () => {
  it.each([320, 700, 1500])('reads all data of a JPEG of %d pixels, however little it decodes', async (width) => {
    for (const progressive of [false, true]) {
      const bytes = await scene(width, Math.round(width * 0.7))
        .jpeg({ progressive })
        .toBuffer();
      const marked = Buffer.concat([bytes.subarray(0, 2), MARKER_IN_COMMENT, bytes.subarray(2)]);
      expect((await analyseImage(marked, ROOMY)).ok).toBe(true);
      // Only the decoder can tell that this image is not whole, and only when it gets that far.
      for (const fraction of [0.5, 0.9, 0.99]) {
        const cut = marked.subarray(0, Math.floor(marked.length * fraction));
        const outcomes = [await analyseImage(cut, ROOMY), await decodeImage(cut, ROOMY)].map(
          (result) => result.ok || result.outcome,
        );
        expect({ progressive, share: fraction, outcomes }).toEqual({
          progressive,
          share: fraction,
          outcomes: ['truncated', 'truncated'],
        });
      }
    }
  });

  it('gives the refusals of decodeImage', async () => {
    const png = async (width: number, height: number): Promise<Buffer> => scene(width, height).png().toBuffer();
    const cases: readonly Uint8Array[] = [
      Buffer.from(''),
      Buffer.from('<!doctype html><title>Log in</title>'),
      Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'),
      Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 4, 0, 0, 0xff, 0xd9]),
      await png(15, 40),
      await png(200, 20),
      await png(1001, 1000),
    ];
    const outcomes = [];
    for (const bytes of cases) {
      const [ours, whole] = [await analyseImage(bytes, LIMITS), await decodeImage(bytes, LIMITS)];
      expect(ours).toEqual(whole);
      outcomes.push(ours.ok ? 'ok' : ours.outcome);
    }
    expect(outcomes).toEqual([
      ...['empty_body', 'not_an_image', 'format_refused', 'decode_error'],
      ...['too_small', 'too_small', 'too_many_pixels'],
    ]);
  });

  it('agrees with decodeImage on damaged files', async () => {
    const bytes = await scene(600, 400).jpeg().toBuffer();
    for (let at = 0; at < bytes.length; at += 1997) {
      const damaged = Buffer.from(bytes);
      damaged[at] = (damaged[at] ?? 0) ^ 0xff;
      const [ours, whole] = [await analyseImage(damaged, LIMITS), await decodeImage(damaged, LIMITS)];
      expect([at, ours.ok]).toEqual([at, whole.ok]);
    }
  });

  it('has one digest for one image, whatever its metadata', async () => {
    const jpeg = await scene(900, 600).jpeg().toBuffer();
    const comment = Buffer.concat([jpeg.subarray(0, 2), Buffer.from([0xff, 0xfe, 0, 6, 1, 2, 3, 4]), jpeg.subarray(2)]);
    const exif = await sharp({ create: { width: 8, height: 8, channels: 3, background: '#000' } })
      .withExif({ IFD0: { Artist: 'someone' } })
      .jpeg()
      .toBuffer();
    const start = exif.indexOf(Buffer.from([0xff, 0xe1]));
    const segment = exif.subarray(start, start + 2 + exif.readUInt16BE(start + 2));
    const tagged = Buffer.concat([jpeg.subarray(0, 2), segment, jpeg.subarray(2)]);
    expect((await sharp(tagged).metadata()).exif).toBeDefined();
    const plain = await analysed(jpeg);
    expect(await analysed(comment)).toEqual(plain);
    expect(await analysed(tagged)).toEqual(plain);
    const png = await analysed(await scene(500, 300).png().toBuffer());
    expect(await analysed(await scene(500, 300).png({ compressionLevel: 1, progressive: true }).toBuffer())).toEqual(
      png,
    );
  });

  it('has another digest for another image, and for another size', async () => {
    const digestOf = async (image: Sharp): Promise<string> =>
      (await analysed(await image.png().toBuffer())).pixelSha256;
    const flat = (width: number, height: number) =>
      sharp({ create: { width, height, channels: 3, background: '#334455' } });
    const digests = await Promise.all([
      digestOf(scene(900, 600)),
      digestOf(scene(900, 600, 1)),
      digestOf(scene(900, 600).flop()),
      digestOf(flat(900, 600)),
      digestOf(flat(600, 900)),
      digestOf(flat(450, 300)),
      digestOf(flat(100, 90)),
      digestOf(flat(90, 100)),
    ]);
    expect(new Set(digests).size).toBe(digests.length);
  });

  it('looks at images upright and on white', async () => {
    const image = scene(640, 400);
    const turned = await image.clone().rotate(270).withMetadata({ orientation: 6 }).png().toBuffer();
    const upright = await analysed(await image.clone().png().toBuffer());
    const stored = await analysed(turned);
    expect([stored.width, stored.height]).toEqual([640, 400]);
    expect(bitsApart(stored.pdq, upright.pdq)).toBeLessThanOrEqual(4);
    const clear = { r: 255, g: 0, b: 0, alpha: 0 };
    const see = sharp({ create: { width: 64, height: 48, channels: 4, background: clear } });
    const white = sharp({ create: { width: 64, height: 48, channels: 3, background: '#ffffff' } });
    expect(await analysed(await see.png().toBuffer())).toEqual(await analysed(await white.png().toBuffer()));
  });

  const itShared = existsSync(join(SHARED, 'pdq-images.tar')) ? it : it.skip;

  itShared('is within 4 bits of the published PDQ hashes (needs ../shared)', async () => {
    const lines = readFileSync(join(SHARED, 'pdq-vectors.csv'), 'utf8').trim().split('\n');
    const distances: number[] = [];
    for (const line of lines) {
      const [hash = '', quality = '', file = ''] = line.split(',');
      const bytes = execFileSync('tar', ['xOf', join(SHARED, 'pdq-images.tar'), file], { maxBuffer: 1e8 });
      const own = await analysed(bytes, ROOMY);
      expect([file, own.pdqQuality]).toEqual([file, Number(quality)]);
      distances.push(bitsApart(hash, own.pdq));
    }
    expect(distances).toHaveLength(12);
    expect(Math.max(...distances)).toBeLessThanOrEqual(4);
  });
});

describe('makeSquare', () => {
  const square = async (
    bytes: Uint8Array,
    options: Partial<typeof SQUARE | { policy: 'cover' | 'letterbox' }> = {},
  ) => {
    const made = await makeSquare(bytes, { ...SQUARE, ...options });
    if (!made.ok) throw new Error(made.detail);
    return made.bytes;
  };

  it('gives the same bytes for the same file, however many are made at once', async () => {
    const bytes = await scene(900, 600).jpeg().toBuffer();
    const first = await square(bytes);
    const more = await Promise.all(Array.from({ length: 8 }, () => square(bytes)));
    for (const other of more) expect(Buffer.compare(other, first)).toBe(0);
    expect(await sharp(first).metadata()).toMatchObject({
      ...{ format: 'jpeg', width: 256, height: 256, chromaSubsampling: '4:4:4', isProgressive: false },
    });
  });

  it.each(['squash', 'cover', 'letterbox'] as const)('shows what decode and resize show: %s', async (policy) => {
    for (const image of [scene(900, 600).jpeg(), scene(120, 300).png()]) {
      const bytes = await image.toBuffer();
      const decoded = await decodeImage(bytes, LIMITS);
      if (!decoded.ok) throw new Error(decoded.detail);
      const expected = (await resizeRgb(decoded.image, 96, policy)).data;
      const made = await makeSquare(bytes, { ...SQUARE, size: 96, policy, format: 'png' });
      if (!made.ok) throw new Error(made.detail);
      const { data } = await sharp(made.bytes).raw().toBuffer({ resolveWithObject: true });
      expect(data).toHaveLength(expected.length);
      const sum = data.reduce((total, value, at) => total + Math.abs(value - (expected[at] ?? 0)), 0);
      // The decoder's own shrinking is a box filter; a mean of two grey levels out of 255 is not seen.
      expect(sum / data.length).toBeLessThan(2);
    }
  });

  it('is upright, sRGB, on white, and without metadata', async () => {
    const wide = await sharp({ create: { width: 80, height: 30, channels: 4, background: '#ff000000' } })
      .withMetadata({ orientation: 6 })
      .png()
      .toBuffer();
    const made = await makeSquare(wide, { ...SQUARE, size: 40, policy: 'letterbox', format: 'png' });
    if (!made.ok) throw new Error(made.detail);
    const { data, info } = await sharp(made.bytes).raw().toBuffer({ resolveWithObject: true });
    expect(info).toMatchObject({ width: 40, height: 40, channels: 3 });
    // Upright it is tall: white in the middle, grey beside.
    expect([data[(20 * 40 + 20) * 3], data[(20 * 40 + 2) * 3], data[(2 * 40 + 20) * 3]]).toEqual([255, 128, 255]);
    expect((await sharp(made.bytes).metadata()).exif).toBeUndefined();
  });

  it('refuses what is no image and what is too large', async () => {
    expect(await makeSquare(Buffer.from('hello'), SQUARE)).toMatchObject({ ok: false, outcome: 'format_refused' });
    const bytes = await scene(300, 300).png().toBuffer();
    expect(await makeSquare(bytes, { ...SQUARE, maxPixels: 80_000 })).toMatchObject({ outcome: 'too_many_pixels' });
  });
});
