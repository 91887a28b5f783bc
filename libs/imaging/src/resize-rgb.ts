import type { ResizeOptions } from 'sharp';
import type { RgbImage } from './rgb-image';
import { openRgb } from './sharp-engine';

/** How a picture becomes square: stretched, cut to the middle, or padded with grey. */
export type ResizePolicy = 'squash' | 'cover' | 'attention' | 'letterbox' | 'keep';

const FITS = {
  squash: 'fill',
  cover: 'cover',
  attention: 'cover',
  letterbox: 'contain',
  keep: 'outside',
} as const satisfies Record<ResizePolicy, string>;
/** Padding of `letterbox`: the middle of the range, which normalisation maps near zero. */
const PADDING = { r: 128, g: 128, b: 128 };

/** To size x size pixels, with the Lanczos-3 kernel. */
export function squareFit(size: number, policy: ResizePolicy): ResizeOptions {
  return {
    width: size,
    height: size,
    fit: FITS[policy],
    kernel: 'lanczos3',
    position: policy === 'attention' ? 'attention' : 'centre',
    background: PADDING,
  };
}

/** Resizes to size x size pixels with the Lanczos-3 kernel; the same pixels give the same result. */
export async function resizeRgb(image: RgbImage, size: number, policy: ResizePolicy): Promise<RgbImage> {
  if (image.width === size && image.height === size) return image;
  const { data, info } = await openRgb(image)
    .resize(squareFit(size, policy))
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, data: new Uint8Array(data) };
}
