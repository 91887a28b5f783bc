import type {
  Activation,
  BatchNormParameters,
  LayerNormParameters,
  LinearOptions,
  LinearParameters,
  MaxPoolOptions,
  tf,
} from '@winnow/tensor';

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
export interface Epilogue {
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
  convolveNorm(x: tf.Tensor4D, layer: ConvolutionNorm, epilogue?: Epilogue): tf.Tensor4D;
  /** activation(normalise(x) + plus) */
  normalise(x: tf.Tensor4D, norm: BatchNormParameters, epilogue?: Epilogue): tf.Tensor4D;
  /** x + y, where branches meet without a normalisation. */
  add(x: tf.Tensor4D, y: tf.Tensor4D): tf.Tensor4D;
  maxPool(x: tf.Tensor4D, options: MaxPoolOptions): tf.Tensor4D;
  /** Where no convolution or normalisation with an activation of its own comes before. */
  activate(x: tf.Tensor4D, activation: Activation): tf.Tensor4D;
  /** The mean of each channel, [batch, 1, 1, channels]. */
  meanPool(x: tf.Tensor4D): tf.Tensor4D;
  /** x with each channel times its factor. @param gate [batch, 1, 1, channels] */
  multiply(x: tf.Tensor4D, gate: tf.Tensor4D): tf.Tensor4D;
  /** Over the last axis: the same in training and evaluation. */
  layerNorm(x: tf.Tensor4D, norm: LayerNormParameters): tf.Tensor4D;
  /** activation(x weight + bias) * scale + plus over the last axis. */
  linear(x: tf.Tensor4D, layer: LinearParameters, options?: LinearOptions): tf.Tensor4D;
  /** Among the tokens of each image: see attention of `@winnow/tensor`. @param qkv [batch, 1, tokens, 3 * channels] */
  attention(qkv: tf.Tensor4D, heads: number): tf.Tensor4D;
  /** A feature map as a row of tokens, the class token before it, each with its position: [batch, 1, 1 + places, channels]. */
  tokens(x: tf.Tensor4D, embedding: TokenEmbedding): tf.Tensor4D;
  /** The first of the tokens, [batch, 1, 1, channels]. */
  classToken(tokens: tf.Tensor4D): tf.Tensor4D;
  /** The tokens after the first as a feature map, [batch, side, side, channels]. */
  tokenMap(tokens: tf.Tensor4D): tf.Tensor4D;
  /** The means over height and width, [batch, channels]: what the classifier reads. */
  features(x: tf.Tensor4D): tf.Tensor2D;
}

export interface TokenEmbedding {
  /** [1, 1, channels] */
  readonly classToken: tf.Variable<tf.Rank.R3>;
  /** Of the class token and every place of the map, [1, 1 + places, channels] */
  readonly positions: tf.Variable<tf.Rank.R3>;
}

/** A convolution and the batch normalisation of its results. */
export interface ConvolutionNorm {
  readonly convolution: Convolution;
  readonly norm: BatchNormParameters;
}
