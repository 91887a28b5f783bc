import { readBmpHeader } from '../formats/bmp-header';
import { openPlainJpeg } from '../codec/jpeg-codec';
import { classifyFailure } from './classify-failure';
import { isImageFormat } from '../formats/image-format';
import type { ImageFormat } from '../formats/image-format';
import { checkDimensions, refuse } from './image-limits';
import type { ImageLimits, ImageRefusal } from './image-limits';
import type { ImageSize } from '../compare/pdq-hash';
import { openSharp } from './sharp-engine';
import { sniffFormat } from '../formats/sniff-format';

/** What an image's header tells. */
export interface ImageHeader {
  readonly ok: true;
  readonly format: ImageFormat;
  /** Such as `image/jpeg`; from the bytes. */
  readonly mime: string;
  /** Pixels, after the orientation of EXIF is applied. */
  readonly width: number;
  readonly height: number;
}

/** `inspectImage` in this thread, by whichever reader the format has. */
export async function inspectHere(bytes: Uint8Array, limits: ImageLimits): Promise<ImageHeader | ImageRefusal> {
  if (bytes.length === 0) return refuse('empty_body', 'no bytes');
  const format = sniffFormat(bytes);
  if (format === 'unknown') return refuse('not_an_image', 'no known magic bytes');
  if (format === 'html') return refuse('not_an_image', 'a web page');
  if (!isImageFormat(format)) return refuse('format_refused', format);
  try {
    const size = await statedSize(bytes, format);
    if ('ok' in size) return size;
    const { width, height } = size;
    return checkDimensions(width, height, limits) ?? { ok: true, format, mime: `image/${format}`, width, height };
  } catch (error) {
    return classifyFailure(error, bytes, format);
  }
}

/** Upright. */
async function statedSize(bytes: Uint8Array, format: ImageFormat): Promise<ImageSize | ImageRefusal> {
  if (format !== 'bmp') return (await openPlainJpeg(bytes)) ?? (await openSharp(bytes, false).metadata()).autoOrient;
  const header = readBmpHeader(bytes);
  return header.ok ? { width: header.width, height: header.height } : header;
}
