import type { Activation, BatchNormParameters, MaxPoolOptions, tf } from '@winnow/tensor';

export interface Convolution {
  /** [height, width, in, out]; depthwise: [height, width, channels, 1] */
  readonly filter: tf.Variable<tf.Rank.R4>;
  readonly stride: number;
  /** Zeros on each of the four sides, pixels. */
  readonly padding: number;
  readonly depthwise?: boolean;
  /** [out]; absent where a batch normalisation follows or comes before. */
  readonly bias?: tf.Variable<tf.Rank.R1>;
}

/** What follows a normalisation. */
export interface Finish {
  /** Default none. */
  readonly activation?: Activation;
  /** Added before the activation: the other branch of a residual block. */
  readonly plus?: tf.Tensor4D;
}

/**
 * How a network's layers are computed. An architecture is written once against this; training, evaluation, frozen
 * inference, counting and export are five of it: what goes past it is in none of them.
 */
export interface ForwardPass {
  convolve(x: tf.Tensor4D, convolution: Convolution): tf.Tensor4D;
  /** activation(normalise(convolve(x)) + plus) */
  convolveNorm(x: tf.Tensor4D, layer: ConvolutionNorm, finish?: Finish): tf.Tensor4D;
  /** activation(normalise(x) + plus) */
  normalise(x: tf.Tensor4D, norm: BatchNormParameters, finish?: Finish): tf.Tensor4D;
  /** x + y, where branches meet without a normalisation. */
  add(x: tf.Tensor4D, y: tf.Tensor4D): tf.Tensor4D;
  maxPool(x: tf.Tensor4D, options: MaxPoolOptions): tf.Tensor4D;
  /** Where no convolution or normalisation with an activation of its own comes before. */
  activate(x: tf.Tensor4D, activation: Activation): tf.Tensor4D;
  /** The mean of each channel, [batch, 1, 1, channels]. */
  meanPool(x: tf.Tensor4D): tf.Tensor4D;
  /** x with each channel times its factor. @param gate [batch, 1, 1, channels] */
  multiply(x: tf.Tensor4D, gate: tf.Tensor4D): tf.Tensor4D;
  /** The means over height and width, [batch, channels]: what the classifier reads. */
  features(x: tf.Tensor4D): tf.Tensor2D;
}

/** A convolution and the batch normalisation of its results. */
export interface ConvolutionNorm {
  readonly convolution: Convolution;
  readonly norm: BatchNormParameters;
}
