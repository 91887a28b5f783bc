import type { ImageList } from '@winnow/contracts';

/** Row numbers of the whole set: 0, 1, ... */
export function everyRow({ count }: Pick<ImageList, 'count'>): Int32Array {
  return Int32Array.from({ length: count }, (_, row) => row);
}
