import { createHash } from 'node:crypto';
import { WinnowError } from '@winnow/contracts';
import type { ImageSet } from '@winnow/contracts';
import { MAX_SHARED_BYTES } from '@winnow/training';

/** Label of each class, its place in the list, by name. */
export function labelsByName(classes: readonly string[]): ReadonlyMap<string, number> {
  return new Map(classes.map((name, label) => [name, label]));
}

/** Names images and their labels by content: sha256, hexadecimal. */
export function digestImages({ pixels, labels }: Pick<ImageSet, 'pixels' | 'labels'>): string {
  return createHash('sha256').update(pixels).update(Int32Array.from(labels)).digest('hex');
}

/** @throws WinnowError FORMAT_INVALID where so many bytes of labelled images are more than one array holds */
export function requireRoom(bytes: number, where: string): void {
  if (bytes <= MAX_SHARED_BYTES) return;
  const gigabytes = (value: number): string => (value / 1e9).toFixed(1);
  throw new WinnowError('FORMAT_INVALID', `These labelled images would take ${gigabytes(bytes)} GB of memory`, {
    where,
    next: `Name fewer of them, or a smaller size: at most ${gigabytes(MAX_SHARED_BYTES)} GB, as one array.`,
  });
}
