import { refuse } from '../decode/image-limits';
import type { ImageRefusal } from '../decode/image-limits';

/** What a bitmap file's headers tell. */
export interface BmpHeader {
  readonly ok: true;
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  readonly bitsPerPixel: 1 | 4 | 8 | 24 | 32;
  /** The first row stored is the top one; most files start at the bottom. */
  readonly isTopDown: boolean;
  /** The fourth byte of 32 bits is opacity, and not a filler. */
  readonly hasAlpha: boolean;
  /** Colours of 1, 4 and 8 bits: blue, green, red and, with a step of 4, a filler. */
  readonly palette: { readonly from: number; readonly colours: number; readonly stepBytes: number };
  /** Where the first row starts. */
  readonly pixelsFrom: number;
  /** From row to row: whole 32-bit words. */
  readonly rowBytes: number;
}

const FILE_HEADER_BYTES = 14;
/** Information headers: OS/2 1.x, Windows 3 with and without masks, OS/2 2.x, Windows 4 and 5. */
const CORE_HEADER_BYTES = 12;
const INFO_HEADER_BYTES = new Set([40, 52, 56, 64, 108, 124]);
const OS2_HEADER_BYTES = 64;
const ALPHA_MASK_FROM_BYTES = 56;
const MASKS_FROM = 54;
/** Red, green and blue of a pixel as almost every writer stores them. */
const MASKS: readonly number[] = [0xff_0000, 0xff00, 0xff];
const DEPTHS: readonly number[] = [1, 4, 8, 24, 32] satisfies BmpHeader['bitsPerPixel'][];
/** Compression: none, or none with masks. */
const PLAIN = 0;
const BIT_FIELDS = 3;

/**
 * Reads the headers of a bitmap (Microsoft, "Bitmap Storage", BITMAPFILEHEADER to BITMAPV5HEADER) without its pixels.
 * @returns the header, or a refusal: `format_refused` for run lengths, embedded JPEG and PNG, 16 bits and rare masks,
 * `truncated`, or `decode_error` where the headers contradict themselves
 */
export function readBmpHeader(bytes: Uint8Array): BmpHeader | ImageRefusal {
  const data = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (data.length < FILE_HEADER_BYTES + CORE_HEADER_BYTES) return refuse('truncated', 'bmp header ends too early');
  const headerBytes = data.readUInt32LE(FILE_HEADER_BYTES);
  const isCore = headerBytes === CORE_HEADER_BYTES;
  if (!isCore && !INFO_HEADER_BYTES.has(headerBytes))
    return refuse('format_refused', `bmp header of ${headerBytes} bytes`);
  if (data.length < FILE_HEADER_BYTES + headerBytes) return refuse('truncated', 'bmp header ends too early');
  const [width, storedHeight] = isCore
    ? [data.readUInt16LE(18), data.readUInt16LE(20)]
    : [data.readInt32LE(18), data.readInt32LE(22)];
  const height = Math.abs(storedHeight);
  if (width < 1 || height < 1) return refuse('decode_error', `header states ${width}x${storedHeight} pixels`);
  const bits = data.readUInt16LE(isCore ? 24 : 28);
  const refusal = refuseEncoding(data, { headerBytes, bits });
  if (refusal !== null) return refusal;
  const paletteFrom = FILE_HEADER_BYTES + headerBytes;
  const pixelsFrom = data.readUInt32LE(10);
  if (pixelsFrom < paletteFrom) return refuse('decode_error', 'bmp pixels start within the header');
  const stepBytes = isCore ? 3 : 4;
  const room = Math.floor((Math.min(pixelsFrom, data.length) - paletteFrom) / stepBytes);
  return {
    ok: true,
    width,
    height,
    bitsPerPixel: bits as BmpHeader['bitsPerPixel'],
    isTopDown: storedHeight < 0,
    hasAlpha: bits === 32 && headerBytes >= ALPHA_MASK_FROM_BYTES && isAlphaMask(data, headerBytes),
    palette: { from: paletteFrom, colours: bits > 8 ? 0 : Math.min(2 ** bits, room), stepBytes },
    pixelsFrom,
    rowBytes: Math.ceil((width * bits) / 32) * 4,
  };
}

/** True where a row is not there in full; padding behind the last pixel is not missed. */
export function bmpLacksRows(bytes: Uint8Array): boolean {
  const header = readBmpHeader(bytes);
  if (!header.ok) return header.outcome === 'truncated';
  const lastRowBytes = Math.ceil((header.width * header.bitsPerPixel) / 8);
  return header.pixelsFrom + (header.height - 1) * header.rowBytes + lastRowBytes > bytes.length;
}

function refuseEncoding(
  data: Buffer,
  { headerBytes, bits }: { readonly headerBytes: number; readonly bits: number },
): ImageRefusal | null {
  if (!DEPTHS.includes(bits)) return refuse('format_refused', `bmp of ${bits} bits a pixel`);
  const compression = headerBytes === CORE_HEADER_BYTES ? PLAIN : data.readUInt32LE(30);
  if (compression === PLAIN) return null;
  // OS/2 numbers its kinds of compression otherwise.
  const hasMasks = compression === BIT_FIELDS && bits === 32 && headerBytes !== OS2_HEADER_BYTES;
  if (!hasMasks) return refuse('format_refused', `bmp of ${bits} bits with compression ${compression}`);
  if (data.length < MASKS_FROM + 12) return refuse('truncated', 'bmp header ends too early');
  const isUsual = MASKS.every((mask, index) => data.readUInt32LE(MASKS_FROM + index * 4) === mask);
  return isUsual ? null : refuse('format_refused', 'bmp with other colour masks');
}

function isAlphaMask(data: Buffer, headerBytes: number): boolean {
  if (headerBytes === OS2_HEADER_BYTES) return false;
  return data.readUInt32LE(30) === BIT_FIELDS && data.readUInt32LE(MASKS_FROM + 12) === 0xff00_0000;
}
