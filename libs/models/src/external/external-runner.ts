import type { tf } from '@winnow/tensor';

/** Something that computes a network that is not ours. */
export interface ExternalRunner {
  /** Axes of its input as declared, batch first; null where a size is open. */
  readonly inputShape: readonly (number | null)[];
  /**
   * @param images in the axes that it wants; as many as `inputShape` says
   * @returns the outputs that it was opened for, in that order; the caller disposes or tidies
   */
  run(images: tf.Tensor4D): tf.Tensor[];
  dispose(): void;
}
