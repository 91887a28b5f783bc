import { readBmpHeader } from '../formats/bmp-header';
import { firstGifImage, MAX_GIF_BLOCKS } from '../formats/first-frame';
import type { ImageFormat } from '../formats/image-format';
import { refuse } from './image-limits';
import type { ImageRefusal } from './image-limits';
import { countJpegScans, MAX_JPEG_SCANS } from '../formats/jpeg-scans';
import { jpegSize } from '../formats/jpeg-size';
import { IHDR, isCompressedText, MAX_PNG_CHUNKS, pngChunks } from '../formats/png-chunks';
import type { ImageSize } from '../compare/pdq-hash';

/** What decoding an image takes, as far as its header bounds it. */
export interface DecodingCost extends ImageSize {
  /** At most, about. */
  readonly memoryBytes: number;
  /** Its time is bounded to about a second by the header and the length of the file. */
  readonly isCheap: boolean;
}

/** Of baseline JPEG, which takes about 10 ns a pixel; other kinds count for more. */
const MAX_CHEAP_PIXELS = 25_000_000;
/** Colours and opacity, 16 bits each. */
export const MAX_BYTES_PER_PIXEL = 8;

/**
 * Bounds time and memory of decoding by what decoders go by: headers, the scans of a JPEG, the texts of a PNG.
 * @returns null where only a decoder can tell: TIFF, AVIF and what is not as usual; or the refusal `format_refused` for
 * a JPEG of too many scans, a GIF of too many blocks and a PNG of too many chunks or too much text
 */
export function decodingCost(bytes: Uint8Array, format: ImageFormat): DecodingCost | ImageRefusal | null {
  return COSTS[format](Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
}

const COSTS = {
  jpeg: jpegCost,
  png: pngCost,
  webp: webpCost,
  gif: gifCost,
  bmp: bmpCost,
  tiff: () => null,
  avif: () => null,
} as const satisfies Record<ImageFormat, (data: Buffer) => DecodingCost | ImageRefusal | null>;

function cost({ width, height }: ImageSize, bytesPerPixel: number, slowness = 1): DecodingCost {
  const pixels = width * height;
  return { width, height, memoryBytes: pixels * bytesPerPixel, isCheap: pixels * slowness <= MAX_CHEAP_PIXELS };
}

/** Bytes of a pixel that grey becomes too. */
const RGB = 3;

/** Between scans all coefficients are kept, 16 bits each. An empty scan takes a hundredth of what pixels take. */
function jpegCost(data: Buffer): DecodingCost | ImageRefusal | null {
  const { count, isCertain } = countJpegScans(data);
  if (count > MAX_JPEG_SCANS)
    return refuse('format_refused', `jpeg of ${count} scans, of which ${MAX_JPEG_SCANS} are allowed`);
  const stated = jpegSize(data);
  if (stated === null) return null;
  const keepsCoefficients = count > 1 || !isCertain || stated.isProgressive;
  const bounded = cost(stated, Math.max(RGB, stated.channels) + (keepsCoefficients ? 2 * stated.channels : 0));
  return isCertain ? bounded : { ...bounded, isCheap: false };
}

const PNG_CHANNELS: readonly (number | undefined)[] = [1, undefined, 3, 4, 2, undefined, 4];
const PNG_HEADER_BYTES = 33;
/** libpng's limit for one text. */
const MAX_TEXT_BYTES = 8_000_000;
/** Deflate's ratio at most. */
const MAX_INFLATION = 1032;
/** Twenty of the longest, of which libvips keeps no more either; half a second. */
const MAX_ALL_TEXT_BYTES = 20 * MAX_TEXT_BYTES;

function pngCost(data: Buffer): DecodingCost | ImageRefusal | null {
  // No reader takes it.
  if (data.length < PNG_HEADER_BYTES) return cost({ width: 0, height: 0 }, 0);
  const { count, textBytes } = pngContents(data);
  if (count > MAX_PNG_CHUNKS) return refuse('format_refused', `png of more than ${MAX_PNG_CHUNKS} chunks`);
  const channels = PNG_CHANNELS[data[25] as number];
  // Readers pass over unknown chunks in front of it.
  if (channels === undefined || data.readUInt32BE(12) !== IHDR) return null;
  if (textBytes > MAX_ALL_TEXT_BYTES) return refuse('format_refused', 'png of too many or too long compressed texts');
  const depthBytes = data[24] === 16 ? 2 : 1;
  const isInterlaced = data[28] !== 0;
  const size = { width: data.readUInt32BE(16), height: data.readUInt32BE(20) };
  const bounded = cost(size, Math.max(RGB, channels * depthBytes), depthBytes * (isInterlaced ? 2 : 1));
  // The reader's and the library's.
  return { ...bounded, memoryBytes: bounded.memoryBytes + 2 * textBytes };
}

/** Its chunks, and what compressed texts may take: all of them are inflated, also where only the header is asked for. */
function pngContents(data: Buffer): { readonly count: number; readonly textBytes: number } {
  let [count, textBytes] = [0, 0];
  for (const chunk of pngChunks(data)) {
    count += 1;
    if (isCompressedText(chunk)) textBytes += Math.min(MAX_TEXT_BYTES, chunk.dataBytes * MAX_INFLATION);
  }
  return { count, textBytes };
}

/** The first chunk: extended, lossless or lossy. */
function webpCost(data: Buffer): DecodingCost | null {
  if (data.length < 30) return null;
  const kind = data.toString('latin1', 12, 16);
  if (kind === 'VP8X') return cost({ width: data.readUIntLE(24, 3) + 1, height: data.readUIntLE(27, 3) + 1 }, 8);
  if (kind === 'VP8 ')
    return cost({ width: data.readUInt16LE(26) & 0x3fff, height: data.readUInt16LE(28) & 0x3fff }, 4);
  if (kind !== 'VP8L') return null;
  const bits = data.readUInt32LE(21);
  return cost({ width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 }, 4);
}

/** The first image enlarges a logical screen that is smaller. */
function gifCost(data: Buffer): DecodingCost | ImageRefusal | null {
  if (data.length < 10) return null;
  const image = firstGifImage(data);
  if (image === null) return null;
  if (image.end === Infinity)
    return refuse('format_refused', `gif of more than ${MAX_GIF_BLOCKS} blocks before its first frame ends`);
  const width = Math.max(data.readUInt16LE(6), image.width);
  return cost({ width, height: Math.max(data.readUInt16LE(8), image.height) }, 4);
}

/** Decoded by our own code on the calling thread, row by row into a second copy. */
function bmpCost(data: Buffer): DecodingCost | null {
  const header = readBmpHeader(data);
  return header.ok ? cost(header, 8, 8) : cost({ width: 0, height: 0 }, 0);
}
