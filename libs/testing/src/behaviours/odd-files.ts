import { crc32, deflateSync } from 'node:zlib';
import type { RgbImage } from '@winnow/imaging';

/** Encoders that winnow itself has no use for; whoever starts the web brings them. */
export interface OddEncoders {
  webp(image: RgbImage): Promise<Uint8Array>;
  avif(image: RgbImage): Promise<Uint8Array>;
  /** A JPEG of the colour space CMYK, with a profile. */
  cmykJpeg(image: RgbImage): Promise<Uint8Array>;
  animatedWebp(frames: readonly RgbImage[]): Promise<Uint8Array>;
}

/** A PNG of 16 bits a channel, half transparent. */
export function deepPng({ width, height, data }: RgbImage): Uint8Array {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([16, 6, 0, 0, 0], 8);
  const rows = Buffer.alloc(height * (1 + width * 8));
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const at = y * (1 + width * 8) + 1 + x * 8;
      for (let band = 0; band < 3; band += 1)
        rows.writeUInt16BE((data[(y * width + x) * 3 + band] ?? 0) * 257, at + band * 2);
      rows.writeUInt16BE(x % 2 === 0 ? 65_535 : 32_768, at + 6);
    }
  }
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([
    signature,
    pngChunk('IHDR', header),
    pngChunk('IDAT', deflateSync(rows)),
    pngChunk('IEND', Buffer.alloc(0)),
  ]);
}

function pngChunk(type: string, data: Buffer): Buffer {
  const typed = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(data.length, 0);
  frame.writeUInt32BE(crc32(typed), 4);
  return Buffer.concat([frame.subarray(0, 4), typed, frame.subarray(4)]);
}

/** A JPEG that says in its EXIF data that it lies on its side and where it was taken. @param jpeg without EXIF */
export function lyingJpeg(jpeg: Uint8Array): Uint8Array {
  // TIFF, big-endian: Orientation 6; GPSLatitudeRef "N" in a directory of its own.
  const tiff = Buffer.from(
    [
      '4d4d002a 00000008 0002',
      '0112 0003 00000001 00060000',
      '8825 0004 00000001 00000026',
      '00000000 0001',
      '0001 0002 00000002 4e000000',
      '00000000',
    ]
      .join('')
      .replaceAll(' ', ''),
    'hex',
  );
  const body = Buffer.concat([Buffer.from('Exif\0\0', 'latin1'), tiff]);
  const marker = Buffer.from([0xff, 0xe1, 0, 0]);
  marker.writeUInt16BE(body.length + 2, 2);
  return Buffer.concat([jpeg.subarray(0, 2), marker, body, jpeg.subarray(2)]);
}

/** A GIF of 4 grey levels, one frame an image. All of one size. */
export function animatedGif(frames: readonly RgbImage[]): Uint8Array {
  const { width = 1, height = 1 } = frames[0] ?? {};
  const size = Buffer.alloc(4);
  size.writeUInt16LE(width, 0);
  size.writeUInt16LE(height, 2);
  const palette = [0, 85, 170, 255].flatMap((light) => [light, light, light]);
  const forEver = Buffer.from('\x21\xff\x0bNETSCAPE2.0\x03\x01\0\0\0', 'latin1');
  const parts = frames.flatMap((frame) => [
    Buffer.from([0x21, 0xf9, 4, 0, 10, 0, 0, 0]),
    Buffer.from([0x2c, 0, 0, 0, 0]),
    size,
    Buffer.from([0, 2]),
    ...gifBlocks(gifCodes(frame)),
  ]);
  return Buffer.concat([
    Buffer.from('GIF89a'),
    size,
    Buffer.from([0x91, 0, 0, ...palette]),
    forEver,
    ...parts,
    Buffer.from(';'),
  ]);
}

/** LZW codes of 3 bits that never use the table: it is cleared before it would grow. */
function gifCodes({ data }: RgbImage): Buffer {
  const [CLEAR, END] = [4, 5];
  const codes: number[] = [];
  for (let pixel = 0; pixel < data.length / 3; pixel += 1) {
    if (pixel % 2 === 0) codes.push(CLEAR);
    codes.push((data[pixel * 3 + 1] ?? 0) >> 6);
  }
  codes.push(END);
  const bytes = Buffer.alloc(Math.ceil((codes.length * 3) / 8) + 1);
  codes.forEach((code, index) => {
    const bit = index * 3;
    bytes.writeUInt16LE((bytes.readUInt16LE(bit >> 3) | (code << (bit & 7))) & 0xffff, bit >> 3);
  });
  return bytes;
}

function gifBlocks(bytes: Buffer): Buffer[] {
  const blocks: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += 255) {
    const block = bytes.subarray(at, at + 255);
    blocks.push(Buffer.from([block.length]), block);
  }
  return [...blocks, Buffer.from([0])];
}
