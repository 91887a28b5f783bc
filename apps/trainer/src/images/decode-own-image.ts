import { WinnowError } from '@winnow/contracts';
import { decodeImage, decodeReduced } from '@winnow/imaging';
import type { ImageLimits, ImageRefusal, RgbImage } from '@winnow/imaging';
import type { SquarePolicy } from './square-as-learnt';

/** For images that are a person's own, not the web's: only absurd ones are refused. */
export const USER_IMAGE_LIMITS: ImageLimits = { maxPixels: 100_000_000, minSide: 1, maxAspectRatio: 1000 };

/** One of a person's images. @param where names it in the error @throws WinnowError IMAGE_UNREADABLE */
export async function decodeUserImage(bytes: Uint8Array, where: string): Promise<RgbImage> {
  const decoded = await decodeImage(bytes, USER_IMAGE_LIMITS);
  if (decoded.ok) return decoded.image;
  throw unusableImage(reasonOf(decoded), where);
}

/** One of a person's images as a square, RGB, [size, size, 3], or why it cannot be used. @throws WinnowError INTERRUPTED */
export async function squareOrReason(
  bytes: Uint8Array,
  { size, resize }: { readonly size: number; readonly resize: SquarePolicy },
  signal?: AbortSignal,
): Promise<Uint8Array | string> {
  const reduction = { kind: 'resize', size, policy: resize } as const;
  const square = await decodeReduced(bytes, USER_IMAGE_LIMITS, reduction, signal);
  return square.ok ? square.image.data : reasonOf(square);
}

function reasonOf({ outcome, detail }: ImageRefusal): string {
  return `${outcome}: ${detail}`;
}

/** @param where names the image */
export function unusableImage(reason: string, where: string): WinnowError {
  return new WinnowError('IMAGE_UNREADABLE', `An image cannot be used, ${reason}`, {
    where,
    next: 'Remove, replace or repair it.',
  });
}
