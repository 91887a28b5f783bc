import type { ImageSet } from '@winnow/contracts';

/** Row numbers of the whole set: 0, 1, ... */
export function everyRow({ count }: Pick<ImageSet, 'count'>): Int32Array {
  return Int32Array.from({ length: count }, (_, row) => row);
}
