import { encodeJpeg } from '../resample/encode-image';
import { resizeRgb } from '../resample/resize-rgb';
import { boundedDecode } from './bounded-decode';
import { decodeHere } from './decode-image';
import { limitsOf } from './image-limits';
import type { ImageLimits, ImageRefusal } from './image-limits';

export interface JpegShape {
  /** Longer side at most, pixels: what is larger is shrunk. */
  readonly maxSide: number;
  /** 1..100 */
  readonly quality: number;
}

/** A JPEG of our own, without metadata. */
export interface EncodedImage {
  readonly ok: true;
  readonly jpeg: Uint8Array;
}

/**
 * Decodes untrusted bytes as `decodeImage` does and encodes what is shown of them, where they are decoded: of a large image
 * no pixels come into this process. Bounded as `boundedDecode` says.
 * @returns the JPEG, or a refusal as `decodeImage` gives it
 * @throws WinnowError INTERRUPTED
 */
export function decodeToJpeg(
  bytes: Uint8Array,
  limits: ImageLimits,
  shape: JpegShape,
  signal?: AbortSignal,
): Promise<EncodedImage | ImageRefusal> {
  const request: JpegRequest = { limits: limitsOf(limits), shape };
  const here = (file: Uint8Array): ReturnType<typeof jpegHere> => jpegHere(file, request);
  return boundedDecode(bytes, { limits, here, task: 'jpeg', argumentOf: () => request, signal });
}

interface JpegRequest {
  readonly limits: ImageLimits;
  readonly shape: JpegShape;
}

/** `decodeToJpeg` in this thread, however long it takes. */
export async function jpegHere(
  bytes: Uint8Array,
  { limits, shape: { maxSide, quality } }: JpegRequest,
): Promise<EncodedImage | ImageRefusal> {
  const decoded = await decodeHere(bytes, limits);
  if (!decoded.ok) return decoded;
  const { image } = decoded;
  const shrink = maxSide / Math.max(image.width, image.height);
  const shorter = Math.max(1, Math.round(Math.min(image.width, image.height) * shrink));
  return { ok: true, jpeg: await encodeJpeg(shrink < 1 ? await resizeRgb(image, shorter, 'keep') : image, quality) };
}
