import type { ResizePolicy } from '@winnow/contracts';
import { boundedDecode } from './bounded-decode';
import { decodeHere } from './decode-image';
import type { DecodedImage } from './decode-image';
import { limitsOf } from './image-limits';
import type { ImageLimits, ImageRefusal } from './image-limits';
import { thumbnailOf } from '../compare/pixel-difference';
import { resizeRgb } from '../resample/resize-rgb';
import type { RgbImage } from '../rgb-image';

/** What is made of a decoded image: as `thumbnailOf` or as `resizeRgb` does. */
export type Reduction =
  | { readonly kind: 'thumbnail'; readonly size: number }
  | { readonly kind: 'resize'; readonly size: number; readonly policy: ResizePolicy };

/**
 * Decodes untrusted bytes as `decodeImage` does and keeps only what is made of the pixels, so that many may be under way
 * at once. Bounded as `boundedDecode` says.
 * @returns the small image, or a refusal as `decodeImage` gives it
 * @throws WinnowError INTERRUPTED
 */
export function decodeReduced(
  bytes: Uint8Array,
  limits: ImageLimits,
  reduction: Reduction,
  signal?: AbortSignal,
): Promise<DecodedImage | ImageRefusal> {
  const request: ReducedRequest = { limits: limitsOf(limits), reduction };
  const here = (file: Uint8Array): ReturnType<typeof reducedHere> => reducedHere(file, request);
  return boundedDecode(bytes, { limits, here, task: 'reduced', argumentOf: () => request, signal });
}

interface ReducedRequest {
  readonly limits: ImageLimits;
  readonly reduction: Reduction;
}

/** `decodeReduced` in this thread, however long it takes. */
export async function reducedHere(bytes: Uint8Array, { limits, reduction }: ReducedRequest) {
  const decoded = await decodeHere(bytes, limits);
  return decoded.ok ? { ...decoded, image: await reduce(decoded.image, reduction) } : decoded;
}

async function reduce(image: RgbImage, reduction: Reduction): Promise<RgbImage> {
  const { size } = reduction;
  if (reduction.kind === 'resize') return resizeRgb(image, size, reduction.policy);
  return { width: size, height: size, data: thumbnailOf(image, size) };
}
