import type { ResizePolicy } from '@winnow/contracts';
import type { ResizeOptions, Sharp } from 'sharp';
import { centredPart } from './image-region';
import type { ImageSize } from '../compare/pdq-hash';
import type { RgbImage } from '../rgb-image';
import { openRgb } from '../decode/sharp-engine';

/** What sharp calls the policies. */
export const FITS = {
  squash: 'fill',
  cover: 'cover',
  attention: 'cover',
  letterbox: 'contain',
  keep: 'outside',
} as const satisfies Record<ResizePolicy, string>;
/** Padding of `letterbox`: the middle of the range, which normalisation maps near zero. */
const PADDING = { r: 128, g: 128, b: 128 };
/** `keep` takes the middle of what is longer than this, so that a line of pixels does not become a wall of them. */
const MAX_KEPT_RATIO = 16;

/** Cuts an upright image of this size to the part that `keep` keeps: mostly all of it. */
export function cutToKeep(opened: Sharp, { width, height }: ImageSize): Sharp {
  return isTooLong({ width, height }) ? opened.extract(centredPart(width, height, MAX_KEPT_RATIO)) : opened;
}

/** Whether `keep` cuts it. */
export function isTooLong({ width, height }: ImageSize): boolean {
  return Math.max(width, height) > MAX_KEPT_RATIO * Math.min(width, height);
}

/** With the Lanczos-3 kernel. @param size of the square, or of the shorter side, pixels */
export function fitTo(size: number, policy: ResizePolicy): ResizeOptions {
  return {
    width: size,
    height: size,
    fit: FITS[policy],
    kernel: 'lanczos3',
    position: policy === 'attention' ? 'attention' : 'centre',
    background: PADDING,
  };
}

/**
 * Resizes to size x size pixels, or as `keep` says, with the Lanczos-3 kernel; smaller images are enlarged. The same
 * pixels give the same result.
 */
export async function resizeRgb(image: RgbImage, size: number, policy: ResizePolicy): Promise<RgbImage> {
  if (image.width === size && image.height === size) return image;
  const opened = policy === 'keep' ? cutToKeep(openRgb(image), image) : openRgb(image);
  const { data, info } = await opened
    .resize(fitTo(size, policy))
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, data: new Uint8Array(data) };
}
