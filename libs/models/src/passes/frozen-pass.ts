import { WinnowError } from '@winnow/contracts';
import { activate, type BatchNormParameters, conv2dInference, depthwiseConv2d, tf } from '@winnow/tensor';
import { epsilonOf } from '../architectures/layer-parameters';
import type { Convolution, ConvolutionNorm, Epilogue, ForwardPass } from './forward-pass';
import { PLAIN_LAYERS } from './plain-layers';
import { convolve } from './live-passes';

interface Affine {
  /** gamma / sqrt(variance + epsilon), [channels] */
  readonly scale: tf.Tensor1D;
  /** beta - mean * scale, [channels] */
  readonly offset: tf.Tensor1D;
}

interface Folded {
  readonly filter: tf.Tensor4D;
  readonly bias: tf.Tensor1D;
}

/**
 * Inference with weights that no longer change: each batch normalisation is folded into the convolution before it
 * (w' = w * scale, b' = beta + (b - mean) * scale), so that one kernel does convolution, sum and activation.
 */
export class FrozenPass implements ForwardPass {
  readonly add = PLAIN_LAYERS.add;
  readonly maxPool = PLAIN_LAYERS.maxPool;
  readonly meanPool = PLAIN_LAYERS.meanPool;
  readonly features = PLAIN_LAYERS.features;
  readonly activate = PLAIN_LAYERS.activate;
  readonly multiply = PLAIN_LAYERS.multiply;
  readonly layerNorm = PLAIN_LAYERS.layerNorm;
  readonly linear = PLAIN_LAYERS.linear;
  readonly attention = PLAIN_LAYERS.attention;
  readonly tokens = PLAIN_LAYERS.tokens;
  readonly classToken = PLAIN_LAYERS.classToken;
  readonly tokenMap = PLAIN_LAYERS.tokenMap;
  readonly #affine = new Map<BatchNormParameters, Affine>();
  readonly #folded = new Map<Convolution, Folded>();
  #isDisposed = false;

  convolve(x: tf.Tensor4D, convolution: Convolution): tf.Tensor4D {
    const { filter, bias, stride, padding, depthwise } = convolution;
    if (!bias || depthwise) return convolve(x, convolution);
    return conv2dInference(x, filter, bias, { stride, padding, activation: 'none' });
  }

  convolveNorm(
    x: tf.Tensor4D,
    { convolution, norm }: ConvolutionNorm,
    { activation = 'none', plus: residual }: Epilogue = {},
  ): tf.Tensor4D {
    const { filter, bias } = this.#fold(convolution, norm);
    const { stride, padding, depthwise } = convolution;
    if (!depthwise) return conv2dInference(x, filter, bias, { stride, padding, activation, plus: residual });
    const y = depthwiseConv2d(x, filter, { stride, padding, bias });
    return activate(residual ? (tf.add(y, residual) as tf.Tensor4D) : y, activation);
  }

  normalise(
    x: tf.Tensor4D,
    norm: BatchNormParameters,
    { activation = 'none', plus: residual }: Epilogue = {},
  ): tf.Tensor4D {
    const { scale, offset } = this.#scale(norm);
    const y = tf.add(tf.mul(x, scale), offset) as tf.Tensor4D;
    return activate(residual ? (tf.add(y, residual) as tf.Tensor4D) : y, activation);
  }

  dispose(): void {
    for (const { scale, offset } of this.#affine.values()) tf.dispose([scale, offset]);
    for (const { filter, bias } of this.#folded.values()) tf.dispose([filter, bias]);
    this.#isDisposed = true;
    this.#affine.clear();
    this.#folded.clear();
  }

  #scale(norm: BatchNormParameters): Affine {
    const known = this.#affine.get(norm);
    if (known) return known;
    if (this.#isDisposed) throw new WinnowError('INTERNAL', 'a frozen network was used after it was disposed of');
    const { scale, offset } = tf.tidy(() => {
      const factor = tf.div(norm.gamma, tf.sqrt(tf.add(norm.runningVariance, epsilonOf(norm)))) as tf.Tensor1D;
      return { scale: factor, offset: tf.sub(norm.beta, tf.mul(norm.runningMean, factor)) as tf.Tensor1D };
    });
    const made = { scale: tf.keep(scale), offset: tf.keep(offset) };
    this.#affine.set(norm, made);
    return made;
  }

  #fold(convolution: Convolution, norm: BatchNormParameters): Folded {
    const known = this.#folded.get(convolution);
    if (known) return known;
    const { scale, offset } = this.#scale(norm);
    // A depthwise filter has its channels on the axis before the last.
    const filter = tf.tidy(() => tf.mul(convolution.filter, convolution.depthwise ? scale.expandDims(-1) : scale));
    const bias = tf.tidy(() => (convolution.bias ? tf.add(tf.mul(convolution.bias, scale), offset) : offset.clone()));
    const made = { filter: tf.keep(filter) as tf.Tensor4D, bias: tf.keep(bias) as tf.Tensor1D };
    this.#folded.set(convolution, made);
    return made;
  }
}
