import { classifyFailure } from './classify-failure';
import { checkDimensions } from './image-limits';
import type { ImageLimits, ImageRefusal } from './image-limits';
import { inspectImage } from './inspect-image';
import type { ImageFormat } from './image-format';
import { jpegSize } from './jpeg-size';
import { openPicture } from './open-picture';
import type { RgbImage } from './rgb-image';

/** A decoded picture with the format that it came in. */
export interface DecodedImage {
  readonly ok: true;
  readonly image: RgbImage;
  readonly format: ImageFormat;
}

/**
 * Decodes untrusted bytes: upright by EXIF, sRGB (embedded profiles and CMYK converted), 8 bits, alpha flattened on
 * white, first frame of animations. The same bytes give the same pixels.
 * @returns the picture, or a refusal: those of `inspectImage`, `truncated` or `decode_error`
 */
export async function decodeImage(bytes: Uint8Array, limits: ImageLimits): Promise<DecodedImage | ImageRefusal> {
  const header = jpegHeader(bytes, limits) ?? (await inspectImage(bytes, limits));
  if (!header.ok) return header;
  try {
    const opened = openPicture(bytes, header.format, limits.maxPixels);
    if (!opened.ok) return opened;
    const { data, info } = await opened.picture
      .autoOrient()
      .flatten({ background: '#ffffff' })
      .toColourspace('srgb')
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    const { width, height, channels } = info;
    return { ok: true, format: header.format, image: { width, height, data: toRgb(data, channels) } };
  } catch (error) {
    return classifyFailure(error, bytes, header.format);
  }
}

/** What `inspectImage` says of a plain JPEG, but for turned sides, which no limit tells apart: a tenth of the decoding saved. */
function jpegHeader(bytes: Uint8Array, limits: ImageLimits): { ok: true; format: 'jpeg' } | ImageRefusal | null {
  const stated = jpegSize(bytes);
  return stated && (checkDimensions(stated.width, stated.height, limits) ?? { ok: true, format: 'jpeg' });
}

/** Grey is repeated, bands after the third are left out. */
export function toRgb(data: Buffer, channels: number): Uint8Array {
  if (channels === 3) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const count = data.length / channels;
  const rgb = new Uint8Array(count * 3);
  for (let index = 0; index < count; index += 1) {
    for (let band = 0; band < 3; band += 1) {
      rgb[index * 3 + band] = data[index * channels + (channels < 3 ? 0 : band)] ?? 0;
    }
  }
  return rgb;
}
