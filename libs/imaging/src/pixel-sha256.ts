import { createHash } from 'node:crypto';
import type { RgbImage } from './rgb-image';

/** SHA-256 of the pixels and their layout (`rgb8 WIDTHxHEIGHT` and a line feed first), 64 hex digits. */
export function pixelSha256(image: RgbImage): string {
  return createHash('sha256').update(`rgb8 ${image.width}x${image.height}\n`).update(image.data).digest('hex');
}
