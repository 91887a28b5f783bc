import { crc32, constants, deflateRawSync, deflateSync } from 'node:zlib';

/**
 * Grey JPEG with one DC scan and then the same AC scan again and again, each of some bytes and a pass over all pixels:
 * every code is one zero bit, a DC difference of 0 or an end-of-band run of 2^14 blocks.
 * @param side pixels, a multiple of 8
 */
export function manyScansJpeg(side: number, scans: number): Buffer {
  const again = emptyScan(Math.ceil(blocksOf(side) / MAX_RUN_BLOCKS));
  return greyJpeg(side, Array<Buffer>(scans - 1).fill(again));
}

/**
 * As `manyScansJpeg`, but most scans are within what the length of a marker without a meaning spans. It stands where a
 * restart should, and a decoder that looks for the restart leaves out the marker and not what its length spans.
 * @param groups of about 1,200 scans, or as many as 65 kB hold
 */
export function hiddenScansJpeg(side: number, groups: number): Buffer {
  const interval = Math.ceil(blocksOf(side) / 8);
  const restarts = Math.ceil(blocksOf(side) / interval) - 1;
  const runs = (blocks: number): Buffer => Buffer.alloc(Math.ceil((Math.ceil(blocks / MAX_RUN_BLOCKS) * 15) / 8));
  const rest = Array.from({ length: restarts }, (_, at) => Buffer.concat([Buffer.of(0xff, 0xd0 + at), runs(interval)]));
  const head = Buffer.concat([...rest, jpegSegment(0xdd, Buffer.of(0, 0))]);
  const again = emptyScan(Math.ceil(blocksOf(side) / MAX_RUN_BLOCKS));
  const room = 0xffff - 2 - head.length - 4;
  const scans = Array<Buffer>(Math.floor(room / again.length)).fill(again);
  const padding = jpegSegment(0xfe, Buffer.alloc(room % again.length));
  const group = Buffer.concat([
    jpegSegment(0xdd, Buffer.of(interval >> 8, interval & 255)),
    jpegSegment(0xda, Buffer.of(1, 1, 0, 1, 63, 0)),
    runs(interval),
    Buffer.of(0xff, 0x02, 0xff, 0xff),
    head,
    ...scans,
    padding,
  ]);
  return greyJpeg(side, Array<Buffer>(groups).fill(group));
}

const MAX_RUN_BLOCKS = 2 ** 14;

function blocksOf(side: number): number {
  return (side / 8) ** 2;
}

function emptyScan(runs: number): Buffer {
  return Buffer.concat([jpegSegment(0xda, Buffer.of(1, 1, 0, 1, 63, 0)), Buffer.alloc(Math.ceil((runs * 15) / 8))]);
}

function greyJpeg(side: number, furtherScans: readonly Buffer[]): Buffer {
  const table = (kind: number, symbol: number): Buffer =>
    jpegSegment(0xc4, Buffer.of(kind << 4, 1, ...Array<number>(15).fill(0), symbol));
  return Buffer.concat([
    Buffer.of(0xff, 0xd8),
    jpegSegment(0xdb, Buffer.alloc(65, 1).fill(0, 0, 1)),
    jpegSegment(0xc2, Buffer.of(8, side >> 8, side & 255, side >> 8, side & 255, 1, 1, 0x11, 0)),
    table(0, 0),
    table(1, 0xe0),
    jpegSegment(0xda, Buffer.of(1, 1, 0, 0, 0, 0)),
    Buffer.alloc(Math.ceil(blocksOf(side) / 8)),
    ...furtherScans,
    Buffer.of(0xff, 0xd9),
  ]);
}

function jpegSegment(marker: number, data: Buffer): Buffer {
  return Buffer.concat([Buffer.of(0xff, marker, (data.length + 2) >> 8, (data.length + 2) & 255), data]);
}

/** Black PNG of 16 bits a channel with opacity: a megabyte for 800 MB of pixels. @param side pixels */
export function deepZeroPng(side: number, isInterlaced: boolean): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(side, 0);
  header.writeUInt32BE(side, 4);
  header.set([16, 6, 0, 0, isInterlaced ? 1 : 0], 8);
  const rows = isInterlaced ? interlacedBytes(side) : side * (1 + side * 8);
  const signature = Buffer.from('89504e470d0a1a0a', 'hex');
  const parts = [pngChunk('IHDR', header), pngChunk('IDAT', deflatedZeros(rows)), pngChunk('IEND', Buffer.alloc(0))];
  return Buffer.concat([signature, ...parts]);
}

/** Where Adam7's passes start and how far apart their pixels are: x, y, step of x, step of y. */
const ADAM7 = ['0088', '4088', '0448', '2044', '0224', '1022', '0112'].map((pass) => [...pass].map(Number));

function interlacedBytes(side: number): number {
  return ADAM7.reduce((sum, [x = 0, y = 0, dx = 1, dy = 1]) => {
    const [width, height] = [Math.ceil((side - x) / dx), Math.ceil((side - y) / dy)];
    return sum + height * (1 + width * 8);
  }, 0);
}

/** A zlib stream of zeros: one flushed megabyte, repeated. */
function deflatedZeros(bytes: number): Buffer {
  const megabyte = deflateRawSync(Buffer.alloc(2 ** 20), { finishFlush: constants.Z_FULL_FLUSH });
  const last = deflateRawSync(Buffer.alloc(bytes % 2 ** 20));
  const adler = Buffer.alloc(4);
  adler.writeUInt32BE((bytes % 65_521) * 65_536 + 1);
  return Buffer.concat([
    Buffer.of(0x78, 0x9c),
    ...Array<Buffer>(Math.floor(bytes / 2 ** 20)).fill(megabyte),
    last,
    adler,
  ]);
}

/** With its length and checksum. */
export function pngChunk(type: string, data: Buffer): Buffer {
  const typed = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [length, checksum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  checksum.writeUInt32BE(crc32(typed));
  return Buffer.concat([length, typed, checksum]);
}

/** Black PNG of 8 x 8 pixels; each of its texts takes 8 kB, and eight megabytes when it is read. @param type zTXt or iTXt */
export function longTextsPng(type: 'zTXt' | 'iTXt', texts: number): Buffer {
  const head = Buffer.from(type === 'zTXt' ? 'k\0\0' : 'k\0\x01\0\0\0', 'latin1');
  const text = pngChunk(type, Buffer.concat([head, deflateSync(Buffer.alloc(7_900_000, 'A'))]));
  const png = deepZeroPng(8, false);
  return Buffer.concat([png.subarray(0, 33), ...Array<Buffer>(texts).fill(text), png.subarray(33)]);
}

/** GIF of 64 x 64 pixels whose frames, 15 bytes each, have one pixel. */
export function manyFramesGif(frames: number): Buffer {
  const frame = Buffer.from('2c00000000010001000002024401003b', 'hex').subarray(0, 15);
  return Buffer.concat([gifHeader(), Buffer.alloc(15 * frames, frame), Buffer.of(0x3b)]);
}

/** GIF with empty comments before its only frame. */
export function manyBlocksGif(comments: number): Buffer {
  return Buffer.concat([
    gifHeader(),
    Buffer.alloc(3 * comments, Buffer.of(0x21, 0xfe, 0)),
    manyFramesGif(1).subarray(gifHeader().length),
  ]);
}

/** GIF of one colour whose logical screen has 64 x 64 pixels: 66 kB for 98 megapixels. @param side pixels of its only image */
export function smallScreenGif(side: number): Buffer {
  const image = Buffer.from('2c00000000000000000002', 'hex');
  image.writeUInt16LE(side, 5);
  image.writeUInt16LE(side, 7);
  const data = lzwZeros(side * side);
  const blocks: Buffer[] = [];
  for (let at = 0; at < data.length; at += 255) {
    const block = data.subarray(at, at + 255);
    blocks.push(Buffer.of(block.length), block);
  }
  return Buffer.concat([gifHeader(), image, ...blocks, Buffer.of(0, 0x3b)]);
}

/** Codes of 3 to 12 bits, each of which stands for one pixel more than the last; 4 clears them, 5 ends. */
function lzwZeros(pixels: number): Buffer {
  const bytes: number[] = [];
  let [pending, pendingBits, next, width] = [0, 0, 6, 3];
  const write = (code: number): void => {
    pending |= code << pendingBits;
    for (pendingBits += width; pendingBits >= 8; pendingBits -= 8, pending >>>= 8) bytes.push(pending & 255);
  };
  for (let left = pixels; left > 0;) {
    write(4);
    [next, width] = [6, 3];
    write(0);
    left -= 1;
    for (let run = 2; left > 0 && next < 4096; run += 1) {
      const length = Math.min(run, left);
      write(length === 1 ? 0 : 4 + length);
      left -= length;
      next += 1;
      if (next === 2 ** width && width < 12) width += 1;
    }
  }
  write(5);
  return Buffer.from([...bytes, pending & 255]);
}

function gifHeader(): Buffer {
  return Buffer.concat([Buffer.from('GIF89a', 'latin1'), Buffer.from('40004000800000000000ffffff', 'hex')]);
}

/** Lossless, 1 x 1 pixel. */
const WEBP_PIXEL = Buffer.from('5650384c0f0000002f000000000710fd8ffe0722a2ff0100', 'hex');

/** Animated WebP of 1 x 1 pixel, 48 bytes a frame. */
export function manyFramesWebp(frames: number): Buffer {
  const chunk = (name: string, data: Buffer): Buffer => {
    const head = Buffer.alloc(8);
    head.write(name, 0, 'latin1');
    head.writeUInt32LE(data.length, 4);
    return Buffer.concat([head, data]);
  };
  const extended = Buffer.alloc(10);
  extended[0] = 2;
  const frame = chunk('ANMF', Buffer.concat([Buffer.alloc(16), WEBP_PIXEL]));
  const body = [chunk('VP8X', extended), chunk('ANIM', Buffer.alloc(6)), Buffer.alloc(frame.length * frames, frame)];
  return chunk('RIFF', Buffer.concat([Buffer.from('WEBP', 'latin1'), ...body]));
}

type TiffEntry = readonly [tag: number, type: 3 | 4, count: number, value: number];

/** Grey TIFF of 64 x 64 pixels, its directory again and again. */
export function manyDirectoriesTiff(directories: number): Buffer {
  const pixels = Buffer.alloc(64 * 64, 0x55);
  const from = 8 + pixels.length;
  const entries: readonly TiffEntry[] = [
    [256, 3, 1, 64],
    [257, 3, 1, 64],
    [258, 3, 1, 8],
    [259, 3, 1, 1],
    [262, 3, 1, 1],
    [273, 4, 1, 8],
    [277, 3, 1, 1],
    [278, 3, 1, 64],
    [279, 4, 1, pixels.length],
  ];
  const length = 2 + entries.length * 12 + 4;
  const file = Buffer.alloc(from + directories * length);
  file.write('II*\0', 0, 'latin1');
  file.writeUInt32LE(from, 4);
  pixels.copy(file, 8);
  for (let index = 0; index < directories; index += 1) {
    const at = from + index * length;
    writeDirectory(file, at, entries, index + 1 < directories ? at + length : 0);
  }
  return file;
}

/** Grey TIFF of 16 x 16 pixels a tile, all of them the same one. @param side pixels, a multiple of 16 */
export function sharedTilesTiff(side: number): Buffer {
  const tiles = (side / 16) ** 2;
  const [tile, offsets] = [8, 8 + 256];
  const counts = offsets + 4 * tiles;
  const from = counts + 4 * tiles;
  const file = Buffer.alloc(from + 2 + 10 * 12 + 4);
  file.write('II*\0', 0, 'latin1');
  file.writeUInt32LE(from, 4);
  for (let index = 0; index < tiles; index += 1) {
    file.writeUInt32LE(tile, offsets + 4 * index);
    file.writeUInt32LE(256, counts + 4 * index);
  }
  const entries: readonly TiffEntry[] = [
    [256, 4, 1, side],
    [257, 4, 1, side],
    [258, 3, 1, 8],
    [259, 3, 1, 1],
    [262, 3, 1, 1],
    [277, 3, 1, 1],
    [322, 3, 1, 16],
    [323, 3, 1, 16],
    [324, 4, tiles, offsets],
    [325, 4, tiles, counts],
  ];
  writeDirectory(file, from, entries, 0);
  return file;
}

function writeDirectory(file: Buffer, at: number, entries: readonly TiffEntry[], next: number): void {
  file.writeUInt16LE(entries.length, at);
  entries.forEach(([tag, type, count, value], index) => {
    const entry = at + 2 + index * 12;
    file.writeUInt16LE(tag, entry);
    file.writeUInt16LE(type, entry + 2);
    file.writeUInt32LE(count, entry + 4);
    file.writeUInt32LE(value, entry + 8);
  });
  file.writeUInt32LE(next, at + 2 + entries.length * 12);
}

/** Bitmap of one bit a pixel, 12.5 MB for 100 megapixels. @param side pixels */
export function oneBitBmp(side: number): Buffer {
  const rowBytes = Math.ceil(side / 32) * 4;
  const file = Buffer.alloc(62 + rowBytes * side);
  file.write('BM', 0, 'latin1');
  file.writeUInt32LE(62, 10);
  file.writeUInt32LE(40, 14);
  file.writeInt32LE(side, 18);
  file.writeInt32LE(side, 22);
  file.writeUInt16LE(1, 26);
  file.writeUInt16LE(1, 28);
  return file;
}
