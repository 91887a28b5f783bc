import sharp from 'sharp';
import type { Sharp } from 'sharp';
import { readBmpHeader } from '../formats/bmp-header';
import { decodeBmp } from '../formats/decode-bmp';
import { endsTooEarly } from '../formats/ends-too-early';
import type { ImageFormat } from '../formats/image-format';
import { refuse } from './image-limits';
import type { ImageRefusal } from './image-limits';
import { openSharp } from './sharp-engine';

/** An untrusted image, opened: everything that decodes one starts here, so that all formats are treated alike. */
export type OpenedImage = { readonly ok: true; readonly image: Sharp } | ImageRefusal;

/**
 * Opens untrusted bytes of a known format, as `openSharp` does.
 * @param maxPixels width times height; a larger image is refused before it is decoded
 * @returns the image, or a refusal: `truncated` where the file ends too early by its own account, and for bitmaps
 * `too_many_pixels` and those of `readBmpHeader`; for others the decoder tells later, by an error
 * @throws Error what a decoder says of damaged data, for `classifyFailure`
 */
export function openImage(bytes: Uint8Array, format: ImageFormat, maxPixels: number): OpenedImage {
  if (endsTooEarly(bytes, format)) return refuse('truncated', `${format} data ends too early`);
  if (format !== 'bmp') return { ok: true, image: openSharp(bytes, maxPixels) };
  const header = readBmpHeader(bytes);
  if (!header.ok) return header;
  if (header.width * header.height > maxPixels) {
    return refuse('too_many_pixels', `${header.width}x${header.height} is more than ${maxPixels} pixels`);
  }
  const { data, width, height, channels } = decodeBmp(bytes, header);
  return { ok: true, image: sharp(data, { raw: { width, height, channels }, limitInputPixels: false }) };
}
