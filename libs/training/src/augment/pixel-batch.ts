import type { InputSpec } from '@winnow/contracts';

/** A few images as bytes: what augmentations take and give. */
export interface PixelBatch {
  readonly count: number;
  /** Side of the square images, pixels. */
  readonly size: number;
  /** RGB, [count, size, size, 3], row-major. */
  readonly pixels: Uint8Array;
  /** The same normalised for one network, where a worker thread did it. */
  readonly normalised?: NormalisedPixels;
}

export interface NormalisedPixels {
  readonly input: InputSpec;
  readonly values: Float32Array;
}

/** One square RGB image, [size, size, 3], bytes. */
export interface PixelImage {
  readonly size: number;
  readonly pixels: Uint8Array;
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

/** Images from..to-1 of a batch, as a view. */
export function slicePixels({ size, pixels, normalised }: PixelBatch, from: number, to: number): PixelBatch {
  const length = size * size * 3;
  const bytes = pixels.subarray(from * length, to * length);
  if (normalised === undefined) return { count: to - from, size, pixels: bytes };
  const values = normalised.values.subarray(from * length, to * length);
  return { count: to - from, size, pixels: bytes, normalised: { input: normalised.input, values } };
}
