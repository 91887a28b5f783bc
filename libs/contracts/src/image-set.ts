/** Decoded pictures of one size in memory: what learning code works on. */
export interface ImageSet {
  readonly count: number;
  /** Side of the square pictures, pixels. */
  readonly size: number;
  /** RGB, shape [count, size, size, 3], row-major. */
  readonly pixels: Uint8Array;
  /** Stable name of each picture, [count]. */
  readonly keys: readonly string[];
  /** Index of the given (noisy) label, [count]. For a test set: the true label. */
  readonly labels: Int32Array;
  readonly classes: readonly string[];
}
