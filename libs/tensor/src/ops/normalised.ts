import type * as tf from '@tensorflow/tfjs';

/** A batch that was normalised by its own statistics. */
export interface Normalised {
  readonly y: tf.Tensor4D;
  readonly mean: tf.Tensor1D;
  /** Divided by the count. */
  readonly variance: tf.Tensor1D;
}
