import { readBmpHeader } from './bmp-header';
import { gifFrameEnd, MAX_GIF_BLOCKS } from './first-frame';
import type { ImageFormat } from './image-format';
import { refuse } from './image-limits';
import type { ImageRefusal } from './image-limits';
import { countJpegScans, MAX_JPEG_SCANS } from './jpeg-scans';
import { jpegSize } from './jpeg-size';
import type { ImageSize } from './pdq-hash';

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
 * Bounds time and memory of decoding by the first bytes of a file, and the scans of a JPEG.
 * @returns null where only a decoder can tell: TIFF, AVIF and what is not as usual; or the refusal `format_refused` for
 * a JPEG of too many scans and a GIF of too many blocks
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

/** Between scans all coefficients are kept, 16 bits each. An empty scan takes a hundredth of what pixels take. */
function jpegCost(data: Buffer): DecodingCost | ImageRefusal | null {
  const scans = countJpegScans(data);
  if (scans > MAX_JPEG_SCANS)
    return refuse('format_refused', `jpeg of ${scans} scans, of which ${MAX_JPEG_SCANS} are allowed`);
  const stated = jpegSize(data);
  return stated && cost(stated, stated.channels * (scans > 1 ? 3 : 1));
}

const PNG_CHANNELS: readonly (number | undefined)[] = [1, undefined, 3, 4, 2, undefined, 4];

/** IHDR comes first. */
function pngCost(data: Buffer): DecodingCost | null {
  if (data.length < 29) return null;
  const channels = PNG_CHANNELS[data[25] as number];
  if (channels === undefined) return null;
  const depthBytes = data[24] === 16 ? 2 : 1;
  const isInterlaced = data[28] !== 0;
  const size = { width: data.readUInt32BE(16), height: data.readUInt32BE(20) };
  return cost(size, channels * depthBytes, depthBytes * (isInterlaced ? 2 : 1));
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

function gifCost(data: Buffer): DecodingCost | ImageRefusal | null {
  if (data.length < 10) return null;
  if (gifFrameEnd(data) === Infinity)
    return refuse('format_refused', `gif of more than ${MAX_GIF_BLOCKS} blocks before its first frame ends`);
  return cost({ width: data.readUInt16LE(6), height: data.readUInt16LE(8) }, 4);
}

/** Decoded by our own code on the calling thread, row by row into a second copy. */
function bmpCost(data: Buffer): DecodingCost | null {
  const header = readBmpHeader(data);
  return header.ok ? cost(header, 8, 8) : cost({ width: 0, height: 0 }, 0);
}
