import type * as tf from '@tensorflow/tfjs';

/** What a batch normalisation holds; tensors are [channels]. */
export interface BatchNormParameters {
  readonly gamma: tf.Tensor1D;
  readonly beta: tf.Tensor1D;
  readonly runningMean: tf.Variable<tf.Rank.R1>;
  readonly runningVariance: tf.Variable<tf.Rank.R1>;
  /** Added to the variance; default 1e-5. */
  readonly epsilon?: number;
  /** Fraction of the new batch in the running statistics; default .1. */
  readonly momentum?: number;
}
