import { bmpLacksRows } from './bmp-header';
import { firstGifImage } from './first-frame';
import type { ImageFormat } from './image-format';
import { IEND, pngChunks } from './png-chunks';

/**
 * True where a file states its own length, or its end, and has less than that. Some decoders fill such gaps with grey
 * or old rows and say nothing.
 */
export function endsTooEarly(bytes: Uint8Array, format: ImageFormat): boolean {
  return END_CHECKS[format](bytes);
}

const END_CHECKS = {
  jpeg: jpegLacksEnd,
  png: pngLacksEnd,
  webp: (bytes) => bytes.length < 12 || asBuffer(bytes).readUInt32LE(4) + 8 > bytes.length,
  avif: avifLacksBox,
  gif: gifLacksFrame,
  tiff: tiffLacksDirectory,
  bmp: bmpLacksRows,
} as const satisfies Record<ImageFormat, (bytes: Uint8Array) => boolean>;

const JPEG_END = Buffer.of(0xff, 0xd9);
const TAIL_BYTES = 65_536;

/** Mostly at the very end; a search backwards through all of a file takes a hundred times as long as one forwards. */
function jpegLacksEnd(bytes: Uint8Array): boolean {
  const data = asBuffer(bytes);
  return data.subarray(-TAIL_BYTES).lastIndexOf(JPEG_END) < 0 && data.indexOf(JPEG_END) < 0;
}

/** IEND comes last. */
function pngLacksEnd(bytes: Uint8Array): boolean {
  for (const { type } of pngChunks(bytes)) if (type === IEND) return false;
  return true;
}

const TOP_BOXES = new Set(['ftyp', 'meta', 'mdat', 'moov', 'moof', 'idat', 'free', 'skip', 'uuid']);

/** Boxes are length and type; 0 reaches to the end, 1 stands for a 64-bit length. Anything else is not of the file. */
function avifLacksBox(bytes: Uint8Array): boolean {
  const data = asBuffer(bytes);
  let at = 0;
  while (at + 8 <= data.length) {
    const length = data.readUInt32BE(at);
    if (length === 0 || !TOP_BOXES.has(data.toString('latin1', at + 4, at + 8))) return false;
    if (length === 1) return at + 16 > data.length || at + Number(data.readBigUInt64BE(at + 8)) > data.length;
    if (length < 8) return false;
    at += length;
  }
  return at > data.length;
}

/** The first image block must end. */
function gifLacksFrame(bytes: Uint8Array): boolean {
  return (firstGifImage(bytes)?.end ?? 0) > bytes.length;
}

/** The header points to the first directory, which many writers put last: a count, entries of 12 bytes, a pointer. */
function tiffLacksDirectory(bytes: Uint8Array): boolean {
  const data = asBuffer(bytes);
  if (data.length < 8) return true;
  // BigTIFF (43) has a longer header.
  if (data[2] === 43 || data[3] === 43) return false;
  const isLittle = data[0] === 0x49;
  const start = isLittle ? data.readUInt32LE(4) : data.readUInt32BE(4);
  if (start + 2 > data.length) return true;
  const entries = isLittle ? data.readUInt16LE(start) : data.readUInt16BE(start);
  return start + 2 + entries * 12 + 4 > data.length;
}

/** The same bytes, not a copy. */
function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
