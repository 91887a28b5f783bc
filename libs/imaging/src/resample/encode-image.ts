import type { JpegOptions, PngOptions } from 'sharp';
import type { RgbImage } from '../rgb-image';
import { encodePlainJpeg } from '../codec/jpeg-codec';
import { openRgb } from '../decode/sharp-engine';

/** Colour at the resolution of light, or at half of it along both axes. */
export type ChromaSubsampling = '4:4:4' | '4:2:0';

/** Baseline. @param quality 1..100 */
export function jpegOptions(quality: number, chromaSubsampling: ChromaSubsampling = '4:4:4'): JpegOptions {
  return { quality, chromaSubsampling, progressive: false, mozjpeg: false, optimiseCoding: true };
}

/** 8 bits a channel. */
export const PNG_OPTIONS: PngOptions = {
  compressionLevel: 6,
  adaptiveFiltering: false,
  palette: false,
  progressive: false,
};

/**
 * Baseline JPEG without metadata, with full colour resolution unless told otherwise; the same pixels give the same bytes.
 * @param quality 1..100
 */
export async function encodeJpeg(
  image: RgbImage,
  quality: number,
  chroma: ChromaSubsampling = '4:4:4',
): Promise<Uint8Array> {
  const encoding = { quality, hasOwnTables: true, isHalved: chroma === '4:2:0' };
  const encoded = await encodePlainJpeg(image, encoding);
  return encoded ?? new Uint8Array(await openRgb(image).jpeg(jpegOptions(quality, chroma)).toBuffer());
}

/** PNG, 8-bit RGB, no metadata; the same pixels give the same bytes. */
export async function encodePng(image: RgbImage): Promise<Uint8Array> {
  return new Uint8Array(await openRgb(image).png(PNG_OPTIONS).toBuffer());
}

/**
 * Lossy WebP without metadata, colour at half resolution as the format has it; the same pixels give the same bytes.
 * @param quality 1..100
 */
export async function encodeWebp(image: RgbImage, quality: number): Promise<Uint8Array> {
  return new Uint8Array(await openRgb(image).webp({ quality }).toBuffer());
}
