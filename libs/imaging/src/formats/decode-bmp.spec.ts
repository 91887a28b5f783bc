import fc from 'fast-check';
import sharp from 'sharp';
import {
  analyseImage,
  decodeImage,
  decodeRegion,
  inspectImage,
  makeSquare,
  resampleRegion,
  wholeRegion,
} from '../index';
import type { ImageLimits, RgbImage } from '../index';

const LIMITS: ImageLimits = { maxPixels: 10_000, minSide: 1, maxAspectRatio: 100 };

interface Drawing {
  readonly width: number;
  readonly height: number;
  readonly bits: number;
  /** Of the information header. */
  readonly headerBytes?: number;
  readonly compression?: number;
  readonly isTopDown?: boolean;
  readonly palette?: readonly (readonly [number, number, number])[];
  /** The pixel as its format stores it: a place in the palette, or 0xAARRGGBB. */
  readonly value: (x: number, y: number) => number;
}

/** A bitmap file, written bit by bit as its description says. */
function bitmap({ width, height, bits, headerBytes = 40, value, palette = [], ...rest }: Drawing): Buffer {
  const { compression = 0, isTopDown = false } = rest;
  const isCore = headerBytes === 12;
  const header = Buffer.alloc(14 + headerBytes + (headerBytes === 40 && compression === 3 ? 12 : 0));
  header.write('BM');
  header.writeUInt32LE(headerBytes, 14);
  if (isCore) [width, height, 1, bits].forEach((field, index) => header.writeUInt16LE(field, 18 + index * 2));
  else {
    header.writeInt32LE(width, 18);
    header.writeInt32LE(isTopDown ? -height : height, 22);
    header.writeUInt16LE(1, 26);
    header.writeUInt16LE(bits, 28);
    header.writeUInt32LE(compression, 30);
    header.writeUInt32LE(palette.length, 46);
  }
  if (compression === 3) [0xff0000, 0xff00, 0xff].forEach((mask, at) => header.writeUInt32LE(mask, 54 + at * 4));
  if (compression === 3 && headerBytes >= 56) header.writeUInt32LE(0xff000000, 66);
  const colours = Buffer.from(palette.flatMap(([red, green, blue]) => [blue, green, red, ...(isCore ? [] : [0])]));
  header.writeUInt32LE(header.length + colours.length, 10);
  const rows = Array.from({ length: height }, (_, stored) => {
    const row = Buffer.alloc(Math.ceil((width * bits) / 32) * 4);
    for (let x = 0; x < width; x += 1) {
      const pixel = value(x, isTopDown ? stored : height - 1 - stored);
      if (bits >= 8) row.writeUIntLE(pixel, x * (bits / 8), bits / 8);
      else row[Math.floor((x * bits) / 8)]! |= pixel << (8 - bits - ((x * bits) % 8));
    }
    return row;
  });
  return Buffer.concat([header, colours, ...rows]);
}

async function decoded(bytes: Uint8Array): Promise<RgbImage> {
  const result = await decodeImage(bytes, LIMITS);
  if (!result.ok) throw new Error(`${result.outcome}: ${result.detail}`);
  expect(result.format).toBe('bmp');
  return result.image;
}

const outcomeOf = (result: { ok: true } | { ok: false; outcome: string }): string =>
  result.ok ? 'ok' : result.outcome;

/** What every way into the library says of a file. */
async function outcomes(bytes: Uint8Array, limits = LIMITS): Promise<string[]> {
  const square = { size: 8, policy: 'squash', format: 'png', quality: 90, maxPixels: limits.maxPixels } as const;
  return [
    outcomeOf(await inspectImage(bytes, limits)),
    outcomeOf(await decodeImage(bytes, limits)),
    outcomeOf(await analyseImage(bytes, limits)),
    outcomeOf(await decodeRegion(bytes, { choose: wholeRegion, size: 8, limits })),
    outcomeOf(await makeSquare(bytes, square)),
  ];
}

const COLOURS = Array.from({ length: 256 }, (_, at) => [at, (at * 7) % 256, (255 - at * 3) & 255] as const);
const colour = (x: number, y: number): number => (x * 31 + y * 17 + 5) & 255;
const rgbOf = (x: number, y: number) => [colour(x, y), colour(y, x), colour(x + y, 3)] as const;
const packed = (x: number, y: number): number => {
  const [red, green, blue] = rgbOf(x, y);
  return red * 65_536 + green * 256 + blue;
};

describe('a BMP file', () => {
  const size = fc.record({ width: fc.integer({ min: 1, max: 41 }), height: fc.integer({ min: 1, max: 9 }) });

  it('of 1, 4 or 8 bits has the colours of its palette, at every width and from either end', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({ size, bits: fc.constantFrom(1, 4, 8), isTopDown: fc.boolean(), isCore: fc.boolean() }),
        async ({ size: { width, height }, bits, isTopDown, isCore }) => {
          const palette = COLOURS.slice(0, 2 ** bits);
          const value = (x: number, y: number): number => colour(x, y) % 2 ** bits;
          const kind = isCore ? { headerBytes: 12 } : { isTopDown };
          const { data } = await decoded(bitmap({ width, height, bits, palette, value, ...kind }));
          const expected = [];
          for (let y = 0; y < height; y += 1)
            for (let x = 0; x < width; x += 1) expected.push(...(palette[value(x, y)] ?? []));
          expect([...data]).toEqual(expected);
        },
      ),
      { seed: 1, numRuns: 60 },
    );
  });

  it('of 24 or 32 bits has its colours, whatever the header and the filler', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          size,
          kind: fc.constantFrom(
            { bits: 24 },
            { bits: 24, headerBytes: 12 },
            { bits: 24, headerBytes: 64 },
            { bits: 32 },
            { bits: 32, compression: 3 },
            { bits: 32, compression: 3, headerBytes: 52 },
            { bits: 32, headerBytes: 124 },
          ),
          isTopDown: fc.boolean(),
          filler: fc.integer({ min: 0, max: 255 }),
        }),
        async ({ size: { width, height }, kind, isTopDown, filler }) => {
          const value = (x: number, y: number) => packed(x, y) + (kind.bits === 32 ? filler * 2 ** 24 : 0);
          const turn = kind.headerBytes === 12 ? {} : { isTopDown };
          const { data } = await decoded(bitmap({ width, height, value, ...kind, ...turn }));
          const expected = [];
          for (let y = 0; y < height; y += 1) for (let x = 0; x < width; x += 1) expected.push(...rgbOf(x, y));
          expect([...data]).toEqual(expected);
        },
      ),
      { seed: 2, numRuns: 60 },
    );
  });

  it('with an alpha mask lies on white, unless its alpha was never filled in', async () => {
    const half = { width: 3, height: 2, bits: 32, compression: 3, headerBytes: 108 };
    // 128 of 255 parts of 200, the rest white.
    const seen = await decoded(bitmap({ ...half, value: (x) => (x === 0 ? 0xffc80000 : 0x80c80000) }));
    expect([...seen.data.subarray(0, 6)]).toEqual([200, 0, 0, 227, 127, 127]);
    const clear = await decoded(bitmap({ ...half, value: () => 0x00c80000 }));
    expect([...clear.data.subarray(0, 3)]).toEqual([200, 0, 0]);
  });

  it('paints black what its palette lacks', async () => {
    const { data } = await decoded(
      bitmap({ width: 2, height: 1, bits: 8, palette: [[9, 8, 7]], value: (x) => (x === 0 ? 0 : 77) }),
    );
    expect([...data]).toEqual([9, 8, 7, 0, 0, 0]);
  });

  it('is read alike by all that read images', async () => {
    const bytes = bitmap({ width: 90, height: 70, bits: 24, value: packed });
    const image = await decoded(bytes);
    expect(await inspectImage(bytes, LIMITS)).toEqual({
      ...{ ok: true, format: 'bmp', mime: 'image/bmp', width: 90, height: 70 },
    });
    const png = await sharp(image.data, { raw: { width: 90, height: 70, channels: 3 } })
      .png()
      .toBuffer();
    const [ours, theirs] = [await analyseImage(bytes, LIMITS), await analyseImage(png, LIMITS)];
    expect(ours).toEqual({ ...theirs, format: 'bmp', mime: 'image/bmp' });
    const square = { size: 32, policy: 'cover', format: 'png', quality: 90, maxPixels: 1e4 } as const;
    expect(await makeSquare(bytes, square)).toEqual(await makeSquare(png, square));
    const region = { left: 10, top: 20, width: 40, height: 30 };
    expect(await decodeRegion(bytes, { choose: () => region, size: 16, limits: LIMITS })).toEqual({
      ok: true,
      data: resampleRegion(image, region, 16),
    });
  });

  it('is refused by its header where it is too large, too small, cut short or of a rare kind', async () => {
    const plain = { width: 20, height: 10, bits: 24, value: packed };
    const bytes = bitmap(plain);
    const all = (outcome: string): string[] => Array.from({ length: 5 }, () => outcome);
    expect(await outcomes(bytes)).toEqual(all('ok'));
    // Padding behind the very last pixel may be missing: 20 pixels of 24 bits need none, 19 need three bytes.
    expect(await outcomes(bytes.subarray(0, -1))).toEqual(['ok', ...all('truncated').slice(1)]);
    expect(await outcomes(bitmap({ ...plain, width: 19 }).subarray(0, -3))).toEqual(all('ok'));
    expect(await outcomes(bytes.subarray(0, 30))).toEqual(all('truncated'));
    expect(await outcomes(bytes, { ...LIMITS, maxPixels: 199 })).toEqual(all('too_many_pixels'));
    expect(outcomeOf(await decodeImage(bytes, { ...LIMITS, minSide: 11 }))).toBe('too_small');
    for (const change of [{ bits: 16 }, { bits: 8, compression: 1 }, { bits: 4, compression: 2 }, { compression: 4 }])
      expect(await outcomes(bitmap({ ...plain, value: () => 0, ...change }))).toEqual(all('format_refused'));
    const masks = bitmap({ ...plain, bits: 32, compression: 3 });
    masks.writeUInt32LE(0xff, 54);
    expect(await outcomes(masks)).toEqual(all('format_refused'));
    const none = Buffer.from(bytes);
    none.writeInt32LE(0, 18);
    expect(await outcomes(none)).toEqual(all('decode_error'));
    // A few bytes that claim 2 147 483 647 x 2 147 483 648 pixels.
    const bomb = Buffer.from(bytes);
    bomb.writeInt32LE(0x7fff_ffff, 18);
    bomb.writeInt32LE(-0x8000_0000, 22);
    expect(await outcomes(bomb)).toEqual(all('too_many_pixels'));
  });

  it('never throws, whatever bytes are changed or cut off, and all ways in agree', async () => {
    const value = (x: number, y: number): number => colour(x, y);
    const samples = [
      bitmap({ width: 13, height: 9, bits: 8, palette: COLOURS.slice(0, 40), value }),
      bitmap({ width: 13, height: 9, bits: 4, palette: COLOURS.slice(0, 16), value: (x, y) => value(x, y) % 16 }),
      bitmap({ width: 13, height: 9, bits: 24, value: packed }),
      bitmap({ width: 13, height: 9, bits: 32, compression: 3, headerBytes: 124, value: packed }),
    ];
    const change = fc.record({ at: fc.nat(160), to: fc.oneof(fc.nat(255), fc.constantFrom(0, 1, 127, 128, 255)) });
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          sample: fc.nat(samples.length - 1),
          changes: fc.array(change, { minLength: 1, maxLength: 6 }),
          cut: fc.option(fc.nat(400), { nil: 0 }),
        }),
        async ({ sample, changes, cut }) => {
          const bytes = Buffer.from(samples[sample] as Buffer);
          for (const { at, to } of changes) bytes[2 + at] = to;
          const [, ...found] = await outcomes(bytes.subarray(0, bytes.length - cut));
          expect(new Set(found.slice(0, 3)).size).toBe(1);
        },
      ),
      { seed: 3, numRuns: 400 },
    );
  });
});
