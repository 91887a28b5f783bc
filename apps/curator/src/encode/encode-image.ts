import { makeSquare, sniffFormat } from '@winnow/imaging';
import type { SniffedFormat, SquareOptions } from '@winnow/imaging';
import type { ImageExtension } from '@winnow/shards';

/** An image as a shard holds it. */
export interface EncodedImage {
  readonly extension: ImageExtension;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Or why there is none. */
export type Encoding = EncodedImage | { readonly refused: string };

/** From an original to what a shard holds; the same bytes and settings give the same result. @throws WinnowError INTERRUPTED */
export async function encodeImage(
  original: Uint8Array,
  settings: SquareOptions,
  signal?: AbortSignal,
): Promise<Encoding> {
  const square = await makeSquare(original, settings, signal);
  if (!square.ok) return { refused: square.detail };
  return { extension: settings.format === 'png' ? 'png' : 'jpg', bytes: ownBytes(square.bytes) };
}

const EXTENSIONS: Readonly<Partial<Record<SniffedFormat, ImageExtension>>> = {
  jpeg: 'jpg',
  png: 'png',
  webp: 'webp',
  gif: 'gif',
  avif: 'avif',
  tiff: 'tif',
  bmp: 'bmp',
};

/** An original as it is, named after its first bytes. */
export function unchangedImage(original: Uint8Array): Encoding {
  const format = sniffFormat(original);
  const extension = EXTENSIONS[format];
  return extension === undefined
    ? { refused: `${format} is no image format` }
    : { extension, bytes: ownBytes(original) };
}

/** Bytes that fill their memory, so that it can be handed to another thread. */
function ownBytes(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const { buffer } = bytes;
  return buffer instanceof ArrayBuffer && buffer.byteLength === bytes.byteLength
    ? new Uint8Array(buffer)
    : new Uint8Array(bytes);
}
