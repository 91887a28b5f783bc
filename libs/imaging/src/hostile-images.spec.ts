import { monitorEventLoopDelay } from 'node:perf_hooks';
import sharp from 'sharp';
import type { Sharp } from 'sharp';
import {
  deepZeroPng,
  manyBlocksGif,
  manyDirectoriesTiff,
  manyFramesGif,
  manyFramesWebp,
  manyScansJpeg,
  longTextsPng,
  oneBitBmp,
  pngChunk,
  sharedTilesTiff,
  smallScreenGif,
} from './spec-support/hostile-images';
import { analyseImage, decodeImage, decodeRegion, inspectImage, makeSquare, wholeRegion } from './index';
import type { ImageLimits } from './index';

const LIMITS: ImageLimits = { maxPixels: 100_000_000, minSide: 1, maxAspectRatio: Infinity };
const MAX_STALL_MILLIS = 200;
/** The longest body that a crawl takes. */
const MAX_BYTES = 20_000_000;

type Read = (
  bytes: Uint8Array,
) => Promise<{ readonly ok: boolean; readonly outcome?: string; readonly detail?: string }>;

const WAYS: Readonly<Record<string, Read>> = {
  analyseImage: (bytes) => analyseImage(bytes, LIMITS),
  decodeImage: (bytes) => decodeImage(bytes, LIMITS),
  decodeRegion: (bytes) => decodeRegion(bytes, { choose: wholeRegion, size: 8, limits: LIMITS }),
  makeSquare: (bytes) =>
    makeSquare(bytes, { size: 8, policy: 'squash', format: 'png', quality: 90, maxPixels: LIMITS.maxPixels }),
};

const repeat = (bytes: Uint8Array, length = MAX_BYTES - (MAX_BYTES % bytes.length)): Buffer =>
  Buffer.alloc(length, bytes);

const JPEG_START = Buffer.of(0xff, 0xd8);

/** A file, and what a crawl is to say of it. */
const HOSTILE: Readonly<Record<string, readonly [make: () => Uint8Array, outcome: string]>> = {
  'JPEG of 2,000 scans and 100 megapixels': [() => manyScansJpeg(10_000, 2000), 'format_refused'],
  'JPEG of 20 MB of scans': [() => manyScansJpeg(10_000, 100_000), 'format_refused'],
  'JPEG of as many scans as are allowed': [() => manyScansJpeg(10_000, 100), 'ok'],
  'JPEG of nothing but fill bytes': [() => Buffer.concat([JPEG_START, repeat(Buffer.of(0xff))]), 'truncated'],
  'JPEG of nothing but ends': [
    () => repeat(Buffer.of(0xd9)).fill(Buffer.of(0xff, 0xd8, 0xff, 0xfe), 0, 4),
    'truncated',
  ],
  'JPEG of empty segments': [() => Buffer.concat([JPEG_START, repeat(Buffer.of(0xff, 0xe0, 0, 2))]), 'truncated'],
  'JPEG of two-byte scans': [() => Buffer.concat([JPEG_START, repeat(Buffer.of(0xff, 0xda))]), 'format_refused'],
  'GIF of 1.3 million frames': [() => manyFramesGif(1_300_000), 'ok'],
  'GIF of 6.5 million comments': [() => manyBlocksGif(6_500_000), 'format_refused'],
  'GIF of 98 megapixels on a small screen': [() => smallScreenGif(9900), 'ok'],
  'PNG of 8 gigabytes of text': [() => longTextsPng('zTXt', 1000), 'format_refused'],
  'WebP of 400,000 frames': [() => manyFramesWebp(400_000), 'ok'],
  'TIFF of 120,000 directories': [() => manyDirectoriesTiff(120_000), 'ok'],
  'TIFF of 390,000 tiles': [() => sharedTilesTiff(10_000), 'ok'],
  'bitmap of 100 megapixels': [() => oneBitBmp(10_000), 'ok'],
  'PNG of 100 megapixels, interlaced': [() => deepZeroPng(10_000, true), 'ok'],
  'PNG of 1.6 million empty chunks': [
    () => Buffer.concat([deepZeroPng(8, false).subarray(0, 33), repeat(pngChunk('teSt', Buffer.alloc(0)))]),
    'format_refused',
  ],
  'PNG of as many empty chunks as are allowed': [
    () =>
      Buffer.concat([deepZeroPng(8, false).subarray(0, 33), repeat(pngChunk('teSt', Buffer.alloc(0)), 199_999 * 12)]),
    'truncated',
  ],
  'AVIF of 2.5 million empty boxes': [
    () =>
      Buffer.concat([
        Buffer.from('\0\0\0\x10ftypavif\0\0\0\0', 'latin1'),
        repeat(Buffer.from('\0\0\0\x08free', 'latin1')),
      ]),
    'truncated',
  ],
  'text of nothing but comments': [() => repeat(Buffer.from(' <!--')), 'not_an_image'],
};

/** What else the machine and jest do only adds to a stall: the least of so many rounds counts. */
const MAX_ROUNDS = 3;

/** Longest time that the event loop stood still, milliseconds; measured again where it was longer than it may be. */
async function stallOf(work: () => Promise<unknown>): Promise<number> {
  let least = Infinity;
  for (let round = 0; round < MAX_ROUNDS && least >= MAX_STALL_MILLIS; round += 1) {
    least = Math.min(least, await stallOfOne(work));
  }
  return least;
}

/** At most the processor time of all the work: others may hold the processor. */
async function stallOfOne(work: () => Promise<unknown>): Promise<number> {
  const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 20));
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  await turn();
  delay.reset();
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  await turn();
  delay.disable();
  return Math.min(delay.max / 1e6, (user + system) / 1000);
}

describe.each(Object.entries(HOSTILE))('a hostile %s', (_, [make, expected]) => {
  it('is told what it is, and holds the event loop for no longer than it may', async () => {
    const bytes = make();
    let found: Awaited<ReturnType<Read>> | undefined;
    const stallMillis = await stallOf(async () => (found = await analyseImage(bytes, LIMITS)));
    expect(found?.ok === true ? 'ok' : found?.outcome).toBe(expected);
    expect(stallMillis).toBeLessThan(MAX_STALL_MILLIS);
  });
});

describe('a JPEG of many scans', () => {
  it.each(Object.entries(WAYS))('is refused by %s with one line, before it is decoded', async (_, read) => {
    expect(await read(manyScansJpeg(4000, 101))).toEqual({
      ok: false,
      outcome: 'format_refused',
      detail: 'jpeg of 101 scans, of which 100 are allowed',
    });
    expect(await read(manyScansJpeg(64, 100))).toMatchObject({ ok: true });
  });

  it('is not what only looks like one: previews and profiles count for nothing, nor does what follows the end', async () => {
    const jpeg = manyScansJpeg(64, 100);
    const profile = Buffer.concat([Buffer.of(0xff, 0xed, 0x7f, 0xfe), Buffer.alloc(0x7ffc, Buffer.of(0xff, 0xda))]);
    const decorated = Buffer.concat([jpeg.subarray(0, 2), profile, jpeg.subarray(2), profile]);
    for (const read of Object.values(WAYS)) expect(await read(decorated)).toMatchObject({ ok: true });
  });
});

describe('the first of many frames', () => {
  const frames = Buffer.from(Array.from({ length: 3 * 24 * 20 * 4 }, (_, at) => (at * 37 + (at >> 6)) % 256));
  const drawn = (): Sharp => sharp(frames, { raw: { width: 20, height: 72, channels: 4, pageHeight: 24 } });
  const files: Readonly<Record<string, () => Promise<Buffer>>> = {
    GIF: () =>
      drawn()
        .gif({ delay: [30, 40, 50] })
        .toBuffer(),
    WebP: () =>
      drawn()
        .webp({ lossless: true, delay: [30, 40, 50] })
        .toBuffer(),
    'lossy WebP': () =>
      drawn()
        .webp({ delay: [30, 40, 50] })
        .toBuffer(),
    TIFF: () => drawn().tiff({ compression: 'lzw' }).toBuffer(),
  };

  it.each(Object.entries(files))('of a %s is what the library makes of the whole file', async (_, encode) => {
    const bytes = await encode();
    expect((await sharp(bytes).metadata()).pages).toBe(3);
    const expected = await sharp(bytes, { pages: 1 }).flatten({ background: '#ffffff' }).raw().toBuffer();
    const decoded = await decodeImage(bytes, LIMITS);
    if (!decoded.ok) throw new Error(decoded.detail);
    expect(Buffer.from(decoded.image.data).equals(expected)).toBe(true);
    expect(await inspectImage(bytes, LIMITS)).toMatchObject({ width: 20, height: 24 });
  });
});
