import { createHash } from 'node:crypto';
import { WinnowError } from '@winnow/contracts';
import type { ImageSet } from '@winnow/contracts';
import { MAX_SHARED_BYTES } from '@winnow/training';

/** Label of each class, its place in the list, by name. */
export function labelsByName(classes: readonly string[]): ReadonlyMap<string, number> {
  return new Map(classes.map((name, label) => [name, label]));
}

/** A comparison names each of its runs by its test images, which may be a gigabyte. */
const digests = new WeakMap<object, string>();

/** Names images and their labels by content: sha256, hexadecimal. Computed once: what is in a set does not change. */
export function digestImages(images: Pick<ImageSet, 'pixels' | 'labels'>): string {
  const known = digests.get(images);
  if (known !== undefined) return known;
  const { pixels, labels } = images;
  const digest = createHash('sha256').update(pixels).update(Int32Array.from(labels)).digest('hex');
  digests.set(images, digest);
  return digest;
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
