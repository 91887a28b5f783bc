import type { ImageList, ImageSet, ImageSource } from '@winnow/contracts';
import type { SplitInput, SplitResult } from '@winnow/noise';

/** What a method knows of the noise: found by a split, never the truth. Rows follow the images. */
export type PoolSplit = Pick<SplitResult, 'kinds' | 'probabilities' | 'refinedLabels'>;

/**
 * All that a method may learn from: images with their given labels, a split of them, and what a person decided. It has
 * no place for other true kinds and labels or a test set, so no method can read them.
 */
export interface TrainingData {
  readonly images: ImageSource;
  readonly split: PoolSplit | null;
  /**
   * What a person decided that each image shows: a class, the number of classes for none of them, -1 where nobody decided,
   * [count]; absent where nobody decided anything.
   */
  readonly known?: Int32Array | undefined;
  /** What the crawl knows of the given labels; default: nothing. */
  readonly evidence?: LabelEvidence;
}

/** What the crawl knows of the given labels. Rows follow the images. */
type LabelEvidence = Pick<SplitInput, 'otherLabels' | 'ranks' | 'engineCounts'>;

/** The evidence of some images, in the order given. */
export function selectEvidence<Evidence extends object>(evidence: Evidence, rows: ArrayLike<number>): Evidence {
  const select = (values: unknown): unknown => {
    if (Array.isArray(values)) return Array.from(rows, (row) => values[row] as unknown);
    const typed = values as Float32Array;
    return typed.constructor === Float32Array
      ? Float32Array.from(rows, (row) => typed[row] as number)
      : (typed.constructor as typeof Uint8Array).from(rows, (row) => typed[row] as number);
  };
  const given = Object.entries(evidence).filter(([, values]) => values !== undefined && values !== null);
  return Object.fromEntries(given.map(([name, values]) => [name, select(values)])) as Evidence;
}

/**
 * The named images as a set of their own: a held-out part, one kind of a split. Of images in a store only places are
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

/** Row numbers of the whole set: 0, 1, ... */
export function everyRow({ count }: Pick<ImageList, 'count'>): Int32Array {
  return Int32Array.from({ length: count }, (_, row) => row);
}
