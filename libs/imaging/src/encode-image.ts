import type { RgbImage } from './rgb-image';
import { openRgb } from './sharp-engine';

/**
 * Baseline JPEG with full colour resolution (4:4:4) and no metadata; the same pixels give the same bytes.
 * @param quality 1..100
 */
export async function encodeJpeg(image: RgbImage, quality: number): Promise<Uint8Array> {
  const options = { quality, chromaSubsampling: '4:4:4', progressive: false, mozjpeg: false, optimiseCoding: true };
  return new Uint8Array(await openRgb(image).jpeg(options).toBuffer());
}

/** PNG, 8-bit RGB, no metadata; the same pixels give the same bytes. */
export async function encodePng(image: RgbImage): Promise<Uint8Array> {
  const options = { compressionLevel: 6, adaptiveFiltering: false, palette: false, progressive: false };
  return new Uint8Array(await openRgb(image).png(options).toBuffer());
}
