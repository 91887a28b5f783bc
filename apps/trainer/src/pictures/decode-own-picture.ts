import { WinnowError } from '@winnow/contracts';
import { decodeImage, type ImageLimits } from '@winnow/imaging';
import type { RgbImage } from '@winnow/imaging';

/** For pictures that are a person's own, not the web's: only absurd ones are refused. */
export const OWN_PICTURE_LIMITS: ImageLimits = { maxPixels: 100_000_000, minSide: 1, maxAspectRatio: 1000 };

/** One of a person's pictures. @param where names it in the error @throws WinnowError IMAGE_UNREADABLE */
export async function decodeOwnPicture(bytes: Uint8Array, where: string): Promise<RgbImage> {
  const image = await pictureOrReason(bytes);
  if (typeof image !== 'string') return image;
  throw unusablePicture(image, where);
}

/** One of a person's pictures, or why it cannot be used. */
export async function pictureOrReason(bytes: Uint8Array): Promise<RgbImage | string> {
  const decoded = await decodeImage(bytes, OWN_PICTURE_LIMITS);
  return decoded.ok ? decoded.image : `${decoded.outcome}: ${decoded.detail}`;
}

/** @param where names the picture */
export function unusablePicture(reason: string, where: string): WinnowError {
  return new WinnowError('IMAGE_UNREADABLE', `A picture cannot be used, ${reason}`, {
    where,
    next: 'Remove, replace or repair it.',
  });
}
