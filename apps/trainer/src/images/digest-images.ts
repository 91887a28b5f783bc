import { createHash } from 'node:crypto';
import type { ImageSet } from '@winnow/contracts';

/** Names images and their labels by content: sha256, hexadecimal. */
export function digestImages({ pixels, labels }: Pick<ImageSet, 'pixels' | 'labels'>): string {
  return createHash('sha256').update(pixels).update(Int32Array.from(labels)).digest('hex');
}
