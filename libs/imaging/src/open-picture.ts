import sharp from 'sharp';
import type { Sharp } from 'sharp';
import { readBmpHeader } from './bmp-header';
import { decodeBmp } from './decode-bmp';
import { endsTooEarly } from './ends-too-early';
import type { ImageFormat } from './image-format';
import { refuse } from './image-limits';
import type { ImageRefusal } from './image-limits';
import { openImage } from './sharp-engine';

/** An untrusted picture, opened: everything that decodes one starts here, so that all formats are treated alike. */
export type OpenedPicture = { readonly ok: true; readonly picture: Sharp } | ImageRefusal;

/**
 * Opens untrusted bytes of a known format, as `openImage` does.
 * @param maxPixels width times height; a larger picture is refused before it is decoded
 * @returns the picture, or a refusal: `truncated` where the file ends too early by its own account, and for bitmaps
 * `too_many_pixels` and those of `readBmpHeader`; for others the decoder tells later, by an error
 * @throws Error what a decoder says of damaged data, for `classifyFailure`
 */
export function openPicture(bytes: Uint8Array, format: ImageFormat, maxPixels: number): OpenedPicture {
  if (endsTooEarly(bytes, format)) return refuse('truncated', `${format} data ends too early`);
  if (format !== 'bmp') return { ok: true, picture: openImage(bytes, maxPixels) };
  const header = readBmpHeader(bytes);
  if (!header.ok) return header;
  if (header.width * header.height > maxPixels) {
    return refuse('too_many_pixels', `${header.width}x${header.height} is more than ${maxPixels} pixels`);
  }
  const { data, width, height, channels } = decodeBmp(bytes, header);
  return { ok: true, picture: sharp(data, { raw: { width, height, channels }, limitInputPixels: false }) };
}
