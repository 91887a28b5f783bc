import type { ImageFormat } from './image-format';

const GIF_TRAILER = Uint8Array.of(0x3b);
const RIFF_HEADER_BYTES = 12;
const CHUNK_HEADER_BYTES = 8;

/**
 * A file's first frame as a file of its own. Decoders list all frames before they decode one, some in quadratic time,
 * and hand a list of their durations to JavaScript: a million frames fit into 20 MB.
 * @returns the same bytes where there is one frame, or none that can be told
 */
export function firstFrame(bytes: Uint8Array, format: ImageFormat): Uint8Array {
  if (format === 'gif') return firstGifFrame(bytes);
  if (format === 'webp') return firstWebpFrame(bytes);
  return format === 'tiff' ? firstTiffDirectory(bytes) : bytes;
}

/** Blocks of 255 bytes that writers make: a quarter of a gigabyte. Empty ones: 2 MB, and many of them stop the event loop. */
export const MAX_GIF_BLOCKS = 1_000_000;

/** A GIF's first image block. */
export interface GifImage {
  /** Offset behind it: past the end of the file where that ends before, `Infinity` after more than `MAX_GIF_BLOCKS`. */
  readonly end: number;
  /** Pixels, with the distances from the logical screen's left and upper edge; 0 where the file ends before. */
  readonly width: number;
  readonly height: number;
}

const GIF_EXTENSION = 0x21;
const GIF_COMMENT = 0xfe;
const GIF_IMAGE = 0x2c;

/** Finds a GIF's first image as decoders do; null where something else comes. */
export function firstGifImage(bytes: Uint8Array): GifImage | null {
  const word = (at: number): number => (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8);
  let at = 13 + colourTableBytes(bytes[10] ?? 0);
  let isInBlock = false;
  let size: Omit<GifImage, 'end'> | null = null;
  for (let blocks = 0; at < bytes.length; blocks += 1) {
    if (blocks > MAX_GIF_BLOCKS) return { end: Infinity, width: 0, height: 0 };
    if (isInBlock) {
      // Sub-blocks of a length byte and data, up to a zero.
      isInBlock = bytes[at] !== 0;
      at += (bytes[at] as number) + 1;
      if (size !== null && !isInBlock) return { end: at, ...size };
      continue;
    }
    if (bytes[at] === GIF_IMAGE) {
      size = { width: word(at + 1) + word(at + 5), height: word(at + 3) + word(at + 7) };
      at += 11 + colourTableBytes(bytes[at + 9] ?? 0);
    } else if (bytes[at] === GIF_EXTENSION) {
      // All but comments start with a block that does not end them even where it is empty.
      at += bytes[at + 1] === GIF_COMMENT ? 2 : 3 + (bytes[at + 2] ?? 0);
    } else return null;
    isInBlock = true;
  }
  return { end: bytes.length + 1, ...(size ?? { width: 0, height: 0 }) };
}

function firstGifFrame(bytes: Uint8Array): Uint8Array {
  const end = firstGifImage(bytes)?.end;
  if (end === undefined || end >= bytes.length || bytes[end] === GIF_TRAILER[0]) return bytes;
  return Buffer.concat([bytes.subarray(0, end), GIF_TRAILER]);
}

function colourTableBytes(flags: number): number {
  return (flags & 0x80) === 0 ? 0 : 3 * 2 ** ((flags & 7) + 1);
}

/** Chunks are a name, a length and data, padded to an even length; each frame is an ANMF chunk. */
function firstWebpFrame(bytes: Uint8Array): Uint8Array {
  const data = asBuffer(bytes);
  // Cut short, which must be seen.
  if (data.length < RIFF_HEADER_BYTES || data.readUInt32LE(4) + CHUNK_HEADER_BYTES > data.length) return bytes;
  let end: number | null = null;
  for (let at = RIFF_HEADER_BYTES; at + CHUNK_HEADER_BYTES <= data.length;) {
    const isFrame = data.readUInt32BE(at) === 0x41_4e_4d_46;
    if (isFrame && end !== null) return riffOf(data.subarray(0, end));
    const length = data.readUInt32LE(at + 4);
    at += CHUNK_HEADER_BYTES + length + (length % 2);
    if (isFrame) end = at;
  }
  return bytes;
}

/** States the new length. */
function riffOf(data: Buffer): Uint8Array {
  const file = Buffer.from(data);
  file.writeUInt32LE(file.length - 8, 4);
  return file;
}

/** The first directory, with no pointer to a second one. */
function firstTiffDirectory(bytes: Uint8Array): Uint8Array {
  const pointer = nextDirectoryPointer(asBuffer(bytes));
  if (pointer === null || pointer.at + pointer.bytes > bytes.length) return bytes;
  if (bytes.subarray(pointer.at, pointer.at + pointer.bytes).every((byte) => byte === 0)) return bytes;
  return Buffer.from(bytes).fill(0, pointer.at, pointer.at + pointer.bytes);
}

/** A directory is a count, entries of 12 bytes and a pointer; in BigTIFF (43) all of them are wider. */
function nextDirectoryPointer(data: Buffer): { readonly at: number; readonly bytes: number } | null {
  const isLittle = data[0] === 0x49;
  const isBig = data[2] === 43 || data[3] === 43;
  if (data.length < 16) return null;
  const word = (at: number): number => (isLittle ? data.readUInt32LE(at) : data.readUInt32BE(at));
  const long = (at: number): number => Number(isLittle ? data.readBigUInt64LE(at) : data.readBigUInt64BE(at));
  const start = isBig ? long(8) : word(4);
  const countBytes = isBig ? 8 : 2;
  if (start + countBytes > data.length) return null;
  const entries = isBig ? long(start) : isLittle ? data.readUInt16LE(start) : data.readUInt16BE(start);
  return { at: start + countBytes + entries * (isBig ? 20 : 12), bytes: isBig ? 8 : 4 };
}

/** The same bytes, not a copy. */
function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
