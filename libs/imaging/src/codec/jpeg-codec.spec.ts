import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { defaultCacheDir, MARKER_NAME } from '@winnow/files/native';
import { SeededRandom } from '@winnow/random';
import type { Sharp } from 'sharp';
import type { ResizePolicy } from '@winnow/contracts';
import { analyseAndSquare, analyseImage, decodeImage, decodeRegion, inspectImage, makeSquare } from '../index';
import type { SquareOptions } from '../index';
import type { ImageRegion } from '../resample/image-region';
import type { ImageSize } from '../compare/pdq-hash';
import { openRgb } from '../decode/sharp-engine';
import { planSquare } from '../resample/make-square';
import { ADD_ON_NAME, codecDir } from './codec-release';
import { encodePlainJpeg, openPlainJpeg, useJpegCodec } from './jpeg-codec';
import { planResize } from './resize-plan';

const FOLDER = codecDir(defaultCacheDir(process.env));
const withCodec = existsSync(join(FOLDER, MARKER_NAME)) ? describe : describe.skip;
const SHARED = join(__dirname, '../../../../../shared/data');
const ENCODING = { quality: 90, hasOwnTables: false };
const LIMITS = { maxPixels: 1_000_000, minSide: 1, maxAspectRatio: 1000 };

/** Smooth colours with some grain. */
function drawn(width: number, height: number, random: SeededRandom): Sharp {
  const data = new Uint8Array(width * height * 3);
  for (let at = 0; at < data.length; at += 1) {
    const pixel = Math.floor(at / 3);
    data[at] = 128 + 90 * Math.sin((pixel % width) / 5 + at / 999) + random.int(30);
  }
  return openRgb({ width, height, data });
}

const KINDS: Readonly<Record<string, (image: Sharp) => Sharp>> = {
  baseline: (image) => image.jpeg(),
  'full colour': (image) => image.jpeg({ chromaSubsampling: '4:4:4', quality: 95 }),
  'own tables': (image) => image.jpeg({ optimiseCoding: true, quality: 40 }),
  progressive: (image) => image.jpeg({ progressive: true }),
  trellis: (image) => image.jpeg({ mozjpeg: true }),
  grey: (image) => image.greyscale().jpeg(),
  'grey, progressive': (image) => image.greyscale().jpeg({ progressive: true }),
  'with EXIF': (image) => image.withExif({ IFD0: { Artist: 'a', Software: 'b' } }).jpeg(),
};

/** What sharp makes of a file, and then the codec: pixels, all that is stored of it, a region, and squares. */
async function both(bytes: Uint8Array, region: ImageRegion, side: number): Promise<readonly unknown[]> {
  const found: unknown[] = [];
  for (const isOn of [false, true]) {
    useJpegCodec(isOn);
    const choose = (width: number, height: number): ImageRegion => ({
      ...{ left: Math.min(region.left, width - 1), top: Math.min(region.top, height - 1) },
      ...{ width: Math.min(region.width, width - Math.min(region.left, width - 1)) },
      ...{ height: Math.min(region.height, height - Math.min(region.top, height - 1)) },
    });
    found.push({
      header: await inspectImage(bytes, LIMITS),
      image: await decodeImage(bytes, LIMITS),
      analysis: await analyseImage(bytes, LIMITS),
      region: await decodeRegion(bytes, { choose, size: side, limits: LIMITS }),
      squares: await squaresOf(bytes, side),
    });
  }
  return found;
}

const POLICIES = ['squash', 'cover', 'keep'] as const;

/** One after another: what sharp says of damage is mixed up where several files fail at once. */
async function squaresOf(bytes: Uint8Array, size: number): Promise<readonly unknown[]> {
  const squares: unknown[] = [];
  for (const policy of POLICIES) squares.push(await squareOf(bytes, size, policy));
  return squares;
}

function squareOf(bytes: Uint8Array, size: number, policy: ResizePolicy): ReturnType<typeof makeSquare> {
  return makeSquare(bytes, squareOptions(size, policy));
}

function squareOptions(size: number, policy: ResizePolicy): SquareOptions {
  return { size, policy, format: 'jpeg', quality: 90, maxPixels: LIMITS.maxPixels };
}

/** In two calls. */
async function analysisAndSquare(bytes: Uint8Array, options: SquareOptions): Promise<unknown> {
  const [analysis, square] = [await analyseImage(bytes, LIMITS), await makeSquare(bytes, options)];
  return analysis.ok ? { ...analysis, square: square.ok ? square.bytes : null } : analysis;
}

function isOfOneDecode(image: ImageSize, options: SquareOptions): boolean {
  const copy = planResize(image, { width: 256, height: 256 }, { fit: 'inside', kernel: 'linear' });
  return copy !== null && planSquare(image, options)?.plan.denominator === copy.denominator;
}

function regionIn(width: number, height: number, random: SeededRandom): ImageRegion {
  const [left, top] = [random.int(width), random.int(height)];
  return { left, top, width: 1 + random.int(width - left), height: 1 + random.int(height - top) };
}

withCodec('the JPEG codec', () => {
  afterEach(() => useJpegCodec(true));

  it.each(Object.entries(KINDS))('gives what sharp gives, to the last bit: %s', async (_, encode) => {
    const random = new SeededRandom('kinds');
    for (let round = 0; round < 12; round += 1) {
      const [width, height] = [1 + random.int(round === 0 ? 400 : 90), 1 + random.int(90)];
      const bytes = await encode(drawn(width, height, random)).toBuffer();
      const plain = await openPlainJpeg(bytes);
      expect(plain).toMatchObject({ width, height });
      expect(await plain?.decode()).not.toBeNull();
      const region = regionIn(width, height, random);
      const side = 1 + random.int(120);
      expect(await plain?.decodeRegion(region, side)).not.toBeNull();
      const [theirs, ours] = await both(bytes, region, side);
      expect(ours).toEqual(theirs);
    }
  });

  it.each(Object.entries(KINDS))('makes squares of the pixels that it measures: %s', async (_, encode) => {
    const random = new SeededRandom('one decode');
    let ofOneDecode = 0;
    for (let round = 0; round < 24; round += 1) {
      const whole = await encode(drawn(200 + random.int(700), 200 + random.int(500), random)).toBuffer();
      // Every eighth is damaged somewhere.
      const bytes = round % 8 === 7 ? whole.fill(random.int(256), random.int(whole.length), whole.length) : whole;
      const options = squareOptions(100 + random.int(200), POLICIES[round % 3] as ResizePolicy);
      const found = await analyseAndSquare(bytes, { limits: LIMITS, options });
      const plain = await openPlainJpeg(bytes);
      if (plain !== null && isOfOneDecode(plain, options)) ofOneDecode += 1;
      useJpegCodec(false);
      expect(found).toEqual(await analysisAndSquare(bytes, options));
      useJpegCodec(true);
    }
    expect(ofOneDecode).toBeGreaterThan(5);
  });

  it.each(['letterbox', 'attention', 'squash'] as const)('leaves other squares to sharp: %s, PNG', async (policy) => {
    const bytes = await drawn(700, 500, new SeededRandom('other')).jpeg().toBuffer();
    const options = { ...squareOptions(60, policy), format: 'png' as const };
    expect(await analyseAndSquare(bytes, { limits: LIMITS, options })).toEqual(await analysisAndSquare(bytes, options));
  });

  it('gives the same pixels or the same refusal for damaged files', async () => {
    const random = new SeededRandom('damaged');
    const files = await Promise.all(Object.values(KINDS).map((encode) => encode(drawn(70, 50, random)).toBuffer()));
    let vouched = 0;
    for (let round = 0; round < 210; round += 1) {
      let bytes = Buffer.from(files[round % files.length] as Buffer);
      // A third of them in the header, where a byte changes most.
      const length = round % 3 === 0 ? Math.min(700, bytes.length) : bytes.length;
      for (let left = 1 + random.int(2); left > 0; left -= 1) bytes[random.int(length)] = random.int(256);
      if (round % 7 === 0) bytes = bytes.subarray(0, random.int(bytes.length));
      if (await (await openPlainJpeg(bytes))?.decode()) vouched += 1;
      const [theirs, ours] = await both(bytes, regionIn(70, 50, random), 40);
      expect(ours).toEqual(theirs);
    }
    expect(vouched).toBeGreaterThan(40);
  });

  it.each(Object.entries(KINDS))('vouches for no file without its end: %s', async (_, encode) => {
    const whole = await encode(drawn(70, 50, new SeededRandom('end'))).toBuffer();
    for (const lacking of [1, 2, 3]) {
      const bytes = whole.subarray(0, -lacking);
      const plain = await openPlainJpeg(bytes);
      const plan = planResize(
        { width: 70, height: 50 },
        { width: 20, height: 20 },
        { fit: 'fill', kernel: 'lanczos3' },
      );
      expect([
        await plain?.decode(),
        await plain?.decode(8),
        plan && (await plain?.resizeToJpeg(plan, ENCODING)),
      ]).toEqual([null, null, null]);
      expect(await decodeImage(bytes, LIMITS)).toMatchObject({ ok: false, outcome: 'truncated' });
    }
  });

  it('decodes the next file whatever the last one was like', async () => {
    const file = await drawn(60, 40, new SeededRandom('next')).jpeg().toBuffer();
    const wanted = await (await openPlainJpeg(file))?.decode();
    // A table of codes that is too long, within the header.
    const broken = Buffer.from(file);
    const table = broken.indexOf(Buffer.of(0xff, 0xc4));
    broken.fill(0xff, table + 5, table + 21);
    expect(await openPlainJpeg(broken)).toBeNull();
    expect(await (await openPlainJpeg(file))?.decode()).toEqual(wanted);
  });

  it('leaves to sharp what needs more than decoding', async () => {
    const image = drawn(60, 40, new SeededRandom('more'));
    const files = [
      image.clone().toColourspace('cmyk').jpeg(),
      image.clone().withIccProfile('p3').jpeg(),
      image.clone().withMetadata({ orientation: 6 }).jpeg(),
      image.clone().png(),
    ];
    for (const file of files) expect(await openPlainJpeg(await file.toBuffer())).toBeNull();
    expect(await openPlainJpeg(new Uint8Array(0))).toBeNull();
  });

  it('makes smaller images, sides rounded up', async () => {
    const plain = await openPlainJpeg(await drawn(61, 40, new SeededRandom('small')).jpeg().toBuffer());
    for (const denominator of [2, 4, 8]) {
      const small = await plain?.decode(denominator);
      expect(small).toMatchObject({ width: Math.ceil(61 / denominator), height: Math.ceil(40 / denominator) });
    }
  });

  // Just above and below where the decoder begins to shrink, and where libvips would average blocks first.
  it.each([1, 1.02, 1.5, 2.97, 3.03, 4.97, 5.04, 8.98, 9.1, 13.3])(
    'makes an image %d times as small as sharp does, to the last byte',
    async (factor) => {
      const random = new SeededRandom(`factor ${factor}`);
      for (const [size, ratio] of [
        [60, 1],
        [61, 1.3],
        [140, 0.8],
      ] as const) {
        const sides = [Math.ceil(size * factor), Math.ceil(size * factor * ratio)] as const;
        const bytes = await drawn(Math.max(...sides), Math.max(size, ...sides.slice(1)), random)
          .jpeg()
          .toBuffer();
        for (const policy of POLICIES) {
          useJpegCodec(false);
          const theirs = await squareOf(bytes, size, policy);
          useJpegCodec(true);
          expect(await squareOf(bytes, size, policy)).toEqual(theirs);
        }
      }
    },
  );

  it('vouches for most smaller images, and for no larger ones', async () => {
    const random = new SeededRandom('vouched');
    let vouched = 0;
    for (let round = 0; round < 40; round += 1) {
      const [width, height] = [64 + random.int(400), 64 + random.int(400)];
      const plain = await openPlainJpeg(await drawn(width, height, random).jpeg().toBuffer());
      const plan = planResize({ width, height }, { width: 64, height: 64 }, { fit: 'cover', kernel: 'lanczos3' });
      if (plan !== null && (await plain?.resizeToJpeg(plan, ENCODING))) vouched += 1;
    }
    expect(vouched).toBeGreaterThan(35);
    expect(
      planResize({ width: 63, height: 90 }, { width: 64, height: 64 }, { fit: 'fill', kernel: 'lanczos3' }),
    ).toBeNull();
  });

  it('encodes pixels to the bytes that sharp gives, also in another thread', async () => {
    const random = new SeededRandom('encoded');
    for (let round = 0; round < 60; round += 1) {
      const most = round % 20 === 0 ? 300 : 40;
      const [width, height] = [1 + random.int(most), 1 + random.int(most)];
      const image = { width, height, data: new Uint8Array(await drawn(width, height, random).raw().toBuffer()) };
      const [quality, chromaSubsampling] = [1 + random.int(100), round % 2 === 0 ? '4:4:4' : '4:2:0'];
      const hasOwnTables = random.int(2) === 1;
      const ours = await encodePlainJpeg(image, { quality, hasOwnTables, isHalved: round % 2 === 1 });
      const theirs = openRgb(image).jpeg({ quality, chromaSubsampling, optimiseCoding: hasOwnTables });
      expect(ours).toEqual(new Uint8Array(await theirs.toBuffer()));
    }
  });

  it('leaves to sharp what no JPEG holds, and pixels that are not there', async () => {
    const encoding = { quality: 90, hasOwnTables: true, isHalved: false };
    expect(await encodePlainJpeg({ width: 0, height: 5, data: new Uint8Array(0) }, encoding)).toBeNull();
    expect(await encodePlainJpeg({ width: 1, height: 65_501, data: new Uint8Array(65_501 * 3) }, encoding)).toBeNull();
    const image = { width: 9, height: 9, data: new Uint8Array(9 * 9 * 3) };
    expect(await encodePlainJpeg({ ...image, data: new Uint8Array(9) }, encoding)).toBeNull();
    expect(await encodePlainJpeg(image, { ...encoding, quality: 90.5 })).toBeNull();
  });

  it('works in several threads at once', async () => {
    const file = await drawn(300, 200, new SeededRandom('threads')).jpeg().toBuffer();
    const wanted = (await (await openPlainJpeg(file))?.decode())?.data;
    const code = `const { parentPort, workerData } = require('node:worker_threads');
      const { decode } = require(workerData.addOn);
      const rgb = new Uint8Array(180000);
      let ok = true;
      for (let round = 0; round < 20; round += 1) ok = decode(workerData.file, rgb, 1, false) > 0 && ok;
      parentPort.postMessage({ ok, rgb });`;
    const workerData = { addOn: join(FOLDER, ADD_ON_NAME), file: new Uint8Array(file) };
    const decoded = Array.from(
      { length: 3 },
      () =>
        new Promise((resolve, reject) => {
          new Worker(code, { eval: true, workerData }).once('message', resolve).once('error', reject);
        }),
    );
    for (const message of await Promise.all(decoded)) expect(message).toEqual({ ok: true, rgb: wanted });
  });

  const itShared = existsSync(join(SHARED, 'flowers.tar')) ? it : it.skip;
  itShared.each(['flowers.tar', 'imagenet-sample.tar'])(
    'gives what sharp gives for %s (needs ../shared)',
    async (tar) => {
      let vouched = 0;
      // A third of them; `node tools/fuzz.mjs jpeg-codec` goes on.
      for (const [index, bytes] of [...jpegsOf(join(SHARED, tar))].entries()) {
        if (index % 3 !== 0) continue;
        useJpegCodec(true);
        const ours = await (await openPlainJpeg(bytes))?.decode();
        if (!ours) continue;
        vouched += 1;
        useJpegCodec(false);
        const theirs = await decodeImage(bytes, LIMITS);
        if (!theirs.ok) throw new Error(theirs.detail);
        expect(Buffer.compare(ours.data, theirs.image.data)).toBe(0);
        const [theirsToo, oursToo] = await squaresOfBoth(bytes);
        expect(oursToo).toEqual(theirsToo);
      }
      expect(vouched).toBeGreaterThan(190);
    },
  );
});

/** A square of a size in use, and what is stored of the file: by sharp, then by the codec. */
async function squaresOfBoth(bytes: Uint8Array): Promise<readonly unknown[]> {
  const found: unknown[] = [];
  for (const isOn of [false, true]) {
    useJpegCodec(isOn);
    found.push([await squareOf(bytes, 96, 'squash'), await analyseImage(bytes, LIMITS)]);
  }
  return found;
}

/** Members of a tar, by the length that its headers state. */
function* jpegsOf(file: string): Generator<Uint8Array> {
  const tar = readFileSync(file);
  for (let at = 0; at + 512 <= tar.length;) {
    const length = Number.parseInt(tar.toString('latin1', at + 124, at + 135), 8) || 0;
    if (/\.jpe?g\0/.test(tar.toString('latin1', at, at + 101))) yield tar.subarray(at + 512, at + 512 + length);
    at += 512 + Math.ceil(length / 512) * 512;
  }
}
