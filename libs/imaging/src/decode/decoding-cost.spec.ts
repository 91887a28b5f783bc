import { SeededRandom } from '@winnow/random';
import sharp from 'sharp';
import type { Sharp } from 'sharp';
import { decodingCost } from './decoding-cost';
import type { DecodingCost } from './decoding-cost';
import type { ImageFormat } from '../formats/image-format';
import { decodeImage, inspectImage } from '../index';
import { openSharp } from './sharp-engine';
import {
  deepZeroPng,
  hiddenScansJpeg,
  longTextsPng,
  manyFramesGif,
  manyScansJpeg,
  pngChunk,
} from '../spec-support/hostile-images';

const LIMITS = { maxPixels: 100_000_000, minSide: 1, maxAspectRatio: Infinity };
const SIGNATURE_BYTES = 8;

const drawn = (width: number, height: number): Sharp =>
  sharp({ create: { width, height, channels: 3, background: '#a0b0c0' } });

/** Bytes before the first block. */
const screenOf = (gif: Buffer): number =>
  13 + ((gif[10] as number) & 0x80 ? 3 * 2 ** (((gif[10] as number) & 7) + 1) : 0);

function withScreen(gif: Buffer, width: number, height: number): Buffer {
  const file = Buffer.from(gif);
  file.writeUInt16LE(width, 6);
  file.writeUInt16LE(height, 8);
  return file;
}

describe('the cost of a JPEG', () => {
  it('is not cheap where scans may be hidden behind a marker that a decoder leaves out otherwise', async () => {
    for (const [side, groups] of [
      [64, 1],
      [4992, 13],
    ] as const)
      expect(decodingCost(hiddenScansJpeg(side, groups), 'jpeg')).toMatchObject({ width: side, isCheap: false });
    expect(await decodeImage(hiddenScansJpeg(64, 1), LIMITS)).toMatchObject({ ok: true });
  });

  it.each([
    ['a byte that is no marker', [0]],
    ['a marker without a meaning', [0xff, 0xbf]],
    ['a stuffed byte', [0xff, 0]],
    ['a stray restart', [0xff, 0xd0]],
    ['a second start', [0xff, 0xd8]],
    ['a length that is none', [0xff, 0xe0, 0, 1]],
  ])('is not cheap with many scans and, between segments, %s', (_, stray) => {
    const jpeg = manyScansJpeg(64, 50);
    const end = jpeg.length - 2;
    const tail = Buffer.alloc(400, Buffer.of(0xff, 0xda));
    const comment = Buffer.of(0xff, 0xfe, 0, 2);
    const odd = Buffer.concat([jpeg.subarray(0, end), comment, Buffer.from(stray), jpeg.subarray(end), tail]);
    expect(decodingCost(odd, 'jpeg')).toMatchObject({ isCheap: false });
    const plain = Buffer.concat([jpeg.subarray(0, end), comment, Buffer.of(0xff), jpeg.subarray(end), tail]);
    expect(decodingCost(plain, 'jpeg')).toMatchObject({ isCheap: true });
  });

  it('knows restarts, stuffed bytes and whatever follows the end of a photograph as what they are', async () => {
    const random = new SeededRandom('noise');
    const noise = Buffer.from(Array.from({ length: 300 * 200 * 3 }, () => random.int(256)));
    const photograph = await sharp(noise, { raw: { width: 300, height: 200, channels: 3 } })
      .jpeg()
      .toBuffer();
    expect(photograph.includes(Buffer.of(0xff, 0))).toBe(true);
    const end = photograph.length - 2;
    const restarted = [photograph.subarray(0, end), Buffer.of(0xff, 0xd0, 0xff, 0xff, 0xd1), photograph.subarray(end)];
    const motion = Buffer.concat([...restarted, Buffer.alloc(1000, Buffer.of(0xff, 0xda, 0xff, 2))]);
    expect(decodingCost(motion, 'jpeg')).toEqual({ width: 300, height: 200, memoryBytes: 180_000, isCheap: true });
  });

  it('counts the coefficients of a progressive one with a single scan', () => {
    expect(decodingCost(manyScansJpeg(4992, 1), 'jpeg')).toMatchObject({ memoryBytes: 4992 ** 2 * 5 });
  });
});

describe('the cost of a GIF', () => {
  it('is that of its first image where that is larger than the logical screen', async () => {
    const gif = await drawn(900, 700).gif().toBuffer();
    for (const [width, height] of [
      [10, 10],
      [0, 0],
      [640, 480],
    ] as const) {
      const small = withScreen(gif, width, height);
      expect(decodingCost(small, 'gif')).toMatchObject({ width: 900, height: 700, memoryBytes: 2_520_000 });
      expect(await decodeImage(small, LIMITS)).toMatchObject({ image: { width: 900, height: 700 } });
      expect(await inspectImage(small, { ...LIMITS, maxPixels: 600_000 })).toMatchObject({
        outcome: 'too_many_pixels',
      });
    }
    expect(decodingCost(withScreen(gif, 1000, 10), 'gif')).toMatchObject({ width: 1000, height: 700 });
  });

  it('is that of the image that decoders find, behind extensions whose first block is empty', async () => {
    const gif = withScreen(await drawn(900, 700).gif().toBuffer(), 10, 10);
    const at = screenOf(gif);
    const image = manyFramesGif(1).subarray(-16, -1);
    for (const label of [0x01, 0xf9, 0xff]) {
      // To one who ends the extension at its empty block, what follows is a small image.
      const padding = Buffer.concat([image, Buffer.alloc(0x2d - image.length), Buffer.of(0)]);
      const odd = Buffer.concat([gif.subarray(0, at), Buffer.of(0x21, label, 0), padding, gif.subarray(at)]);
      const found = decodingCost(odd, 'gif');
      const { width, height } = await openSharp(odd, false).metadata();
      expect(found).toMatchObject({ width, height });
    }
  });
});

describe('the cost of a PNG', () => {
  const png = deepZeroPng(3000, false);

  it('is told by no other chunk than its header', async () => {
    const small = deepZeroPng(8, false).subarray(16, 29);
    const behind = Buffer.concat([
      png.subarray(0, SIGNATURE_BYTES),
      pngChunk('teSt', small),
      png.subarray(SIGNATURE_BYTES),
    ]);
    expect(decodingCost(behind, 'png')).toBeNull();
    const empty = pngChunk('teSt', Buffer.alloc(0));
    const crowded = Buffer.concat([png.subarray(0, SIGNATURE_BYTES), Buffer.alloc(200_001 * empty.length, empty)]);
    const refused = { ok: false, outcome: 'format_refused', detail: 'png of more than 200000 chunks' };
    expect(decodingCost(Buffer.concat([crowded, png.subarray(SIGNATURE_BYTES)]), 'png')).toEqual(refused);
    expect(await decodeImage(behind, LIMITS)).toMatchObject({ ok: true, image: { width: 3000, height: 3000 } });
  });

  it.each(['zTXt', 'iTXt'] as const)(
    'counts what compressed texts (%s) may take; with too many of them it is refused before any is read',
    async (type) => {
      const counted = decodingCost(longTextsPng(type, 2), 'png') as DecodingCost;
      expect(counted.memoryBytes).toBeGreaterThan(2 * 2 * 7_900_000);
      expect(counted.memoryBytes).toBeLessThan(33_000_000);
      const refused = { ok: false, outcome: 'format_refused', detail: 'png of too many or too long compressed texts' };
      for (const read of [decodeImage, inspectImage]) {
        expect(await read(longTextsPng(type, 1), LIMITS)).toMatchObject({ ok: true });
        expect(await read(longTextsPng(type, 200), LIMITS)).toEqual(refused);
      }
    },
  );
});

/** As the file states it to the decoder, before EXIF turns it. */
const FILES: Readonly<Partial<Record<ImageFormat, () => Promise<Buffer>>>> = {
  jpeg: () => drawn(40, 30).jpeg({ progressive: true }).toBuffer(),
  png: () => drawn(40, 30).png().toBuffer(),
  webp: () => drawn(40, 30).webp().withMetadata().toBuffer(),
  gif: () => drawn(40, 30).gif().toBuffer(),
};

describe.each(Object.entries(FILES) as [ImageFormat, () => Promise<Buffer>][])('a damaged %s', (format, make) => {
  it('never has more pixels for a decoder than are counted', async () => {
    const random = new SeededRandom(format);
    const file = await make();
    let decodable = 0;
    for (let count = 0; count < 400; count += 1) {
      const bytes = Buffer.from(file);
      for (let edits = random.int(3); edits >= 0; edits -= 1)
        bytes[SIGNATURE_BYTES + random.int(Math.min(200, file.length - SIGNATURE_BYTES))] = random.int(256);
      const counted = decodingCost(bytes, format);
      if (counted === null || 'ok' in counted) continue;
      const seen = await openSharp(bytes, false)
        .metadata()
        .catch(() => null);
      if (seen === null) continue;
      decodable += 1;
      expect(counted.width).toBeGreaterThanOrEqual(seen.width);
      expect(counted.height).toBeGreaterThanOrEqual(seen.height);
    }
    expect(decodable).toBeGreaterThan(20);
  });
});
