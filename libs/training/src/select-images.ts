import type { ImageSet } from '@winnow/contracts';
import { takePixels } from './pixel-batch';

/** The named pictures as a set of their own: a held-out part, one kind of a split. */
export function selectImages(images: ImageSet, indices: ArrayLike<number>): ImageSet {
  const rows = Array.from(indices);
  return {
    count: rows.length,
    size: images.size,
    pixels: takePixels(images, rows).pixels,
    keys: rows.map((row) => images.keys[row] as string),
    labels: Int32Array.from(rows, (row) => images.labels[row] as number),
    classes: images.classes,
  };
}
