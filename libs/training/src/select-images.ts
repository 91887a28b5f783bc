import type { ImageSet, ImageSource } from '@winnow/contracts';

/**
 * The named pictures as a set of their own: a held-out part, one kind of a split. Of pictures in a store only places are
 * taken; a set in memory is copied.
 */
export function selectImages<Images extends ImageSource>(images: Images, indices: ArrayLike<number>): Images;
export function selectImages(images: ImageSource, indices: ArrayLike<number>): ImageSource {
  const rows = Int32Array.from(indices);
  const selected = {
    count: rows.length,
    size: images.size,
    keys: Array.from(rows, (row) => images.keys[row] as string),
    labels: rows.map((row) => images.labels[row] as number),
    classes: images.classes,
  };
  if (!('store' in images)) return { ...selected, pixels: copyPixels(images, rows) };
  const { store, rows: places } = images;
  return { ...selected, store, rows: places === null ? rows : rows.map((row) => places[row] as number) };
}

function copyPixels({ size, pixels }: ImageSet, rows: Int32Array): Uint8Array {
  const length = size * size * 3;
  const copy = new Uint8Array(rows.length * length);
  rows.forEach((row, index) => copy.set(pixels.subarray(row * length, (row + 1) * length), index * length));
  return copy;
}
