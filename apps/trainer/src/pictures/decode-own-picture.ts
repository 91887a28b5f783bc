import { WinnowError } from '@winnow/contracts';
import { decodeImage, decodeReduced } from '@winnow/imaging';
import type { ImageLimits, ImageRefusal, RgbImage } from '@winnow/imaging';
import type { SquarePolicy } from './square-as-learnt';

/** For pictures that are a person's own, not the web's: only absurd ones are refused. */
export const OWN_PICTURE_LIMITS: ImageLimits = { maxPixels: 100_000_000, minSide: 1, maxAspectRatio: 1000 };

/** One of a person's pictures. @param where names it in the error @throws WinnowError IMAGE_UNREADABLE */
export async function decodeOwnPicture(bytes: Uint8Array, where: string): Promise<RgbImage> {
  const decoded = await decodeImage(bytes, OWN_PICTURE_LIMITS);
  if (decoded.ok) return decoded.image;
  throw unusablePicture(reasonOf(decoded), where);
}

/** One of a person's pictures as a square, RGB, [size, size, 3], or why it cannot be used. @throws WinnowError INTERRUPTED */
export async function squareOrReason(
  bytes: Uint8Array,
  { size, resize }: { readonly size: number; readonly resize: SquarePolicy },
  signal?: AbortSignal,
): Promise<Uint8Array | string> {
  const reduction = { kind: 'resize', size, policy: resize } as const;
  const square = await decodeReduced(bytes, OWN_PICTURE_LIMITS, reduction, signal);
  return square.ok ? square.image.data : reasonOf(square);
}

function reasonOf({ outcome, detail }: ImageRefusal): string {
  return `${outcome}: ${detail}`;
}

/** @param where names the picture */
export function unusablePicture(reason: string, where: string): WinnowError {
  return new WinnowError('IMAGE_UNREADABLE', `A picture cannot be used, ${reason}`, {
    where,
    next: 'Remove, replace or repair it.',
  });
}
