/** As stored: how a photograph is turned is said elsewhere. Pixels. */
interface StatedSize {
  readonly width: number;
  readonly height: number;
}

/** Of these bytes: profiles and previews of cameras come before the size of a JPEG. */
export const HEAD_BYTES = 1 << 20;

/** Larger ones would take more memory than a tab has. */
const MAX_PIXELS = 100_000_000;
/** Of the canvases of any browser. */
const MAX_SIDE = 32_767;

/** @throws Error in words, for an image that no tab can hold */
export function refuseSize({ width, height }: StatedSize): void {
  const text = `${width} x ${height} pixels`;
  if (width * height > MAX_PIXELS) throw new Error(`${text} are too many to be read here.`);
  if (Math.max(width, height) > MAX_SIDE) throw new Error(`${text} are too long to be read here.`);
}

/**
 * The size that the head of a PNG, JPEG, GIF, WebP or BMP states, before anything is decoded.
 * @returns null for other formats, and where the head ends before it
 */
export function statedSize(head: Uint8Array): StatedSize | null {
  const kind = KINDS.find(({ magic, at = 0 }) => textAt(head, at, magic.length) === magic);
  const size = kind?.size(head) ?? null;
  // What lies behind the end is no number.
  return size !== null && size.width >= 1 && size.height >= 1 ? size : null;
}

interface Kind {
  readonly magic: string;
  readonly at?: number;
  readonly size: (head: Uint8Array) => StatedSize | null;
}

const KINDS: readonly Kind[] = [
  { magic: '\x89PNG\r\n\x1a\n', size: (head) => ({ width: big(head, 16, 4), height: big(head, 20, 4) }) },
  { magic: '\xff\xd8', size: jpegSize },
  { magic: 'GIF8', size: (head) => ({ width: little(head, 6, 2), height: little(head, 8, 2) }) },
  { magic: 'WEBP', at: 8, size: webpSize },
  { magic: 'BM', size: bmpSize },
];

const textAt = (head: Uint8Array, at: number, length: number): string =>
  String.fromCharCode(...head.subarray(at, at + length));

/** A number of so many bytes, the most significant first; NaN behind the end. */
function big(head: Uint8Array, at: number, bytes: number): number {
  let number = 0;
  for (let byte = 0; byte < bytes; byte += 1) number = number * 256 + (head[at + byte] ?? NaN);
  return number;
}

/** The least significant first. */
function little(head: Uint8Array, at: number, bytes: number): number {
  let number = 0;
  for (let byte = bytes - 1; byte >= 0; byte -= 1) number = number * 256 + (head[at + byte] ?? NaN);
  return number;
}

/** In the first start of frame: C0 to CF, but for C4, C8 and CC. */
function jpegSize(head: Uint8Array): StatedSize | null {
  for (let at = 2; head[at] === 0xff;) {
    const marker = head[at + 1] ?? 0;
    if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)) {
      return { height: big(head, at + 5, 2), width: big(head, at + 7, 2) };
    }
    // A fill byte; a marker without a length; a segment.
    if (marker === 0xff) at += 1;
    else if (marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8)) at += 2;
    else at += 2 + big(head, at + 2, 2);
  }
  return null;
}

const SIDE_OF_14_BITS = 1 << 14;

/** Of its first chunk: extended, lossless or lossy (RFC 9649). */
function webpSize(head: Uint8Array): StatedSize | null {
  switch (textAt(head, 12, 4)) {
    case 'VP8X':
      return { width: 1 + little(head, 24, 3), height: 1 + little(head, 27, 3) };
    case 'VP8L': {
      const bits = little(head, 21, 4);
      return {
        width: 1 + (bits % SIDE_OF_14_BITS),
        height: 1 + (Math.floor(bits / SIDE_OF_14_BITS) % SIDE_OF_14_BITS),
      };
    }
    case 'VP8 ':
      return { width: little(head, 26, 2) % SIDE_OF_14_BITS, height: little(head, 28, 2) % SIDE_OF_14_BITS };
    default:
      return null;
  }
}

/** Its height is below 0 where the first row is the top one. */
function bmpSize(head: Uint8Array): StatedSize {
  if (little(head, 14, 4) === 12) return { width: little(head, 18, 2), height: little(head, 20, 2) };
  const signed = (at: number): number => Math.abs(little(head, at, 4) - (little(head, at + 3, 1) >= 128 ? 2 ** 32 : 0));
  return { width: signed(18), height: signed(22) };
}
