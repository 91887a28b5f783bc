/** Formats that can be told by their first bytes. */
export type SniffedFormat =
  | 'jpeg'
  | 'png'
  | 'webp'
  | 'avif'
  | 'gif'
  | 'tiff'
  | 'bmp'
  | 'svg'
  | 'heic'
  | 'jxl'
  | 'jp2'
  | 'ico'
  | 'html'
  | 'unknown';

const TEXT_PREFIX_BYTES = 4096;
const HTML_ELEMENTS = new Set(
  'html head body script style title meta link div span p a b br h1 h2 center font table iframe img noscript'.split(
    ' ',
  ),
);
/** First bytes, read as Latin-1. In TIFF, 42 (*) is followed by BigTIFF's 43 (+). */
const MAGIC: readonly (readonly [SniffedFormat, RegExp])[] = [
  ['jpeg', /^\xff\xd8\xff/],
  ['png', /^\x89PNG\r\n\x1a\n/],
  ['webp', /^RIFF[^]{4}WEBP/],
  ['gif', /^GIF8[79]a/],
  ['tiff', /^(?:II[*+]\0|MM\0[*+])/],
  ['jxl', /^(?:\xff\x0a|\0\0\0\x0cJXL \r\n\x87\n)/],
  ['jp2', /^(?:\xff\x4f\xff\x51|\0\0\0\x0cjP {2}\r\n\x87\n)/],
  ['ico', /^\0\0\x01\0[^]{5}\0[^]{12}/],
  ['bmp', /^BM/],
];
/** Sizes of the information header that follows a bitmap's 14-byte file header. */
const BMP_HEADER_SIZES = new Set([12, 16, 40, 52, 56, 64, 108, 124]);

/**
 * Tells a file's format from its magic bytes; names and content types are never asked.
 * @param bytes the file, or at least its first 4 KiB
 */
export function sniffFormat(bytes: Uint8Array): SniffedFormat {
  return sniffBinary(bytes) ?? sniffIsoMedia(bytes) ?? sniffText(bytes) ?? 'unknown';
}

function sniffBinary(bytes: Uint8Array): SniffedFormat | null {
  const head = ascii(bytes, 0, 24);
  const format = MAGIC.find(([, pattern]) => pattern.test(head))?.[0] ?? null;
  return format === 'bmp' && !BMP_HEADER_SIZES.has(bytes[14] ?? 0) ? null : format;
}

/** AVIF and HEIC: the first box is `ftyp` with a list of brands. */
function sniffIsoMedia(bytes: Uint8Array): SniffedFormat | null {
  if (ascii(bytes, 4, 8) !== 'ftyp') return null;
  const boxBytes = Math.min(new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0), bytes.length, 256);
  const brands = [ascii(bytes, 8, 12)];
  for (let at = 16; at + 4 <= boxBytes; at += 4) brands.push(ascii(bytes, at, at + 4));
  if (brands.some((brand) => brand === 'avif' || brand === 'avis')) return 'avif';
  return brands.some((brand) => /^(?:hei[cxms]|hev[cxms]|mif1|msf1)$/.test(brand)) ? 'heic' : null;
}

/** SVG and HTML, by the document type or the first element; UTF-16 is read by leaving out its zero bytes. */
function sniffText(bytes: Uint8Array): SniffedFormat | null {
  const text = ascii(bytes, 0, TEXT_PREFIX_BYTES)
    .replace(/^(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)/, '')
    .replaceAll('\0', '')
    .toLowerCase();
  const body = text.replace(/^(?:\s+|<\?[^>]*>|<!--[^]*?-->)+/, '');
  const documentType = /^<!doctype\s+([a-z]+)/.exec(body)?.[1];
  if (documentType !== undefined) return documentType === 'svg' ? 'svg' : 'html';
  const element = /^<(?:[a-z0-9]+:)?([a-z0-9]+)/.exec(body)?.[1];
  if (element === 'svg') return 'svg';
  return element !== undefined && HTML_ELEMENTS.has(element) ? 'html' : null;
}

function ascii(bytes: Uint8Array, from: number, to: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1', from, to);
}
