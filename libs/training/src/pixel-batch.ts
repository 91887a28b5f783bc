import type { ImageSet } from '@winnow/contracts';

/** A few pictures as bytes: what augmentations take and give. */
export interface PixelBatch {
  readonly count: number;
  /** Side of the square pictures, pixels. */
  readonly size: number;
  /** RGB, [count, size, size, 3], row-major. */
  readonly pixels: Uint8Array;
}

/** One square RGB picture, [size, size, 3], bytes. */
export interface PixelImage {
  readonly size: number;
  readonly pixels: Uint8Array;
}

/** Copies the named pictures of a set. @param indices any order, repeats allowed */
export function takePixels(images: ImageSet, indices: ArrayLike<number>): PixelBatch {
  const length = images.size * images.size * 3;
  const pixels = new Uint8Array(indices.length * length);
  for (let row = 0; row < indices.length; row += 1) {
    const from = (indices[row] as number) * length;
    pixels.set(images.pixels.subarray(from, from + length), row * length);
  }
  return { count: indices.length, size: images.size, pixels };
}

/** The batches one after the other; all of one size. */
export function concatPixels(batches: readonly PixelBatch[]): PixelBatch {
  const pixels = new Uint8Array(batches.reduce((sum, batch) => sum + batch.pixels.length, 0));
  let offset = 0;
  for (const batch of batches) {
    pixels.set(batch.pixels, offset);
    offset += batch.pixels.length;
  }
  const count = batches.reduce((sum, batch) => sum + batch.count, 0);
  return { count, size: batches[0]?.size ?? 0, pixels };
}
