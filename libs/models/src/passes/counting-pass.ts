import { type LinearParameters, tf } from '@winnow/tensor';
import type { Convolution, ConvolutionNorm, ForwardPass } from './forward-pass';
import { PLAIN_LAYERS } from './plain-layers';

/**
 * Counts the multiplications of convolutions and linear layers instead of doing them (one for each weight and location of
 * the result), those of attention, and the elements of the results.
 * Normalisations are not counted, as in the literature: they can be folded into the convolutions.
 */
export class CountingPass implements ForwardPass {
  readonly add = PLAIN_LAYERS.add;
  readonly maxPool = PLAIN_LAYERS.maxPool;
  readonly features = PLAIN_LAYERS.features;
  readonly tokens = PLAIN_LAYERS.tokens;
  readonly classToken = PLAIN_LAYERS.classToken;
  readonly tokenMap = PLAIN_LAYERS.tokenMap;
  #multiplyAdds = 0;
  #activations = 0;

  get multiplyAdds(): number {
    return this.#multiplyAdds;
  }

  /** Elements of the results of convolutions, linear layers and attention, and of channels that were weighed anew. */
  get activations(): number {
    return this.#activations;
  }

  convolve(x: tf.Tensor4D, { filter, stride, padding, depthwise }: Convolution): tf.Tensor4D {
    const [kernelHeight, kernelWidth, from, to] = filter.shape;
    const [batch, height, width] = x.shape;
    const outHeight = Math.floor((height + 2 * padding - kernelHeight) / stride) + 1;
    const outWidth = Math.floor((width + 2 * padding - kernelWidth) / stride) + 1;
    this.#multiplyAdds += batch * outHeight * outWidth * filter.size;
    this.#activations += batch * outHeight * outWidth * (depthwise ? from : to);
    return tf.zeros([batch, outHeight, outWidth, depthwise ? from : to]);
  }

  convolveNorm(x: tf.Tensor4D, { convolution }: ConvolutionNorm): tf.Tensor4D {
    return this.convolve(x, convolution);
  }

  linear(x: tf.Tensor4D, { weight, bias }: LinearParameters): tf.Tensor4D {
    const [batch, height, width] = x.shape;
    this.#multiplyAdds += batch * height * width * weight.size;
    this.#activations += batch * height * width * bias.size;
    return tf.zeros([batch, height, width, bias.size]);
  }

  /** Scores of all pairs of tokens, and the sums that they weigh. */
  attention({ shape: [batch, height, width, all] }: tf.Tensor4D, heads: number): tf.Tensor4D {
    const [tokens, channels] = [height * width, all / 3];
    this.#multiplyAdds += 2 * batch * tokens * tokens * channels;
    this.#activations += batch * tokens * (heads * tokens + channels);
    return tf.zeros([batch, height, width, channels]);
  }

  layerNorm(x: tf.Tensor4D): tf.Tensor4D {
    return tf.zeros(x.shape);
  }

  normalise(x: tf.Tensor4D): tf.Tensor4D {
    return x;
  }

  activate(x: tf.Tensor4D): tf.Tensor4D {
    return x;
  }

  meanPool({ shape: [batch, , , channels] }: tf.Tensor4D): tf.Tensor4D {
    return tf.zeros([batch, 1, 1, channels]);
  }

  /** Not counted as multiply-adds, like normalisations; its result is held beside x. */
  multiply(x: tf.Tensor4D): tf.Tensor4D {
    this.#activations += x.size;
    return x;
  }
}
