import { openPlainJpeg } from '../codec/jpeg-codec';
import { boundedDecode } from './bounded-decode';
import { classifyFailure } from './classify-failure';
import { checkDimensions, limitsOf } from './image-limits';
import type { ImageLimits, ImageRefusal } from './image-limits';
import { inspectHere } from './inspect-image';
import type { ImageFormat } from '../formats/image-format';
import { jpegSize } from '../formats/jpeg-size';
import { openImage } from './open-image';
import type { RgbImage } from '../rgb-image';

/** A decoded image with the format that it came in. */
export interface DecodedImage {
  readonly ok: true;
  readonly image: RgbImage;
  readonly format: ImageFormat;
}

/**
 * Decodes untrusted bytes: upright by EXIF, sRGB (embedded profiles and CMYK converted), 8 bits, alpha flattened on
 * white, first frame of animations. The same bytes give the same pixels. Bounded as `boundedDecode` says.
 * @returns the image, or a refusal: those of `inspectImage`, `format_refused` for a JPEG of too many scans,
 * `truncated` or `decode_error`
 * @throws WinnowError INTERRUPTED
 */
export function decodeImage(
  bytes: Uint8Array,
  limits: ImageLimits,
  signal?: AbortSignal,
): Promise<DecodedImage | ImageRefusal> {
  const here = (file: Uint8Array): ReturnType<typeof decodeHere> => decodeHere(file, limits);
  return boundedDecode(bytes, { limits, here, task: 'decode', argumentOf: () => limitsOf(limits), signal });
}

/** `decodeImage` in this thread, however long it takes. */
export async function decodeHere(bytes: Uint8Array, limits: ImageLimits): Promise<DecodedImage | ImageRefusal> {
  const header = jpegHeader(bytes, limits) ?? (await inspectHere(bytes, limits));
  if (!header.ok) return header;
  try {
    const plain = await (await openPlainJpeg(bytes))?.decode();
    if (plain) return { ok: true, format: 'jpeg', image: plain };
    const opened = openImage(bytes, header.format, limits.maxPixels);
    if (!opened.ok) return opened;
    const { data, info } = await opened.image
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
  const [second, third] = channels < 3 ? [0, 0] : [1, 2];
  for (let from = 0, to = 0; to < rgb.length; from += channels, to += 3) {
    rgb[to] = data[from] as number;
    rgb[to + 1] = data[from + second] as number;
    rgb[to + 2] = data[from + third] as number;
  }
  return rgb;
}
