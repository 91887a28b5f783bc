import * as tf from '@tensorflow/tfjs';

import { hasNativeKernels, runTensorflowKernel } from '../engines/tensorflow-kernel';

export interface LayerNormParameters {
  /** [channels] */
  readonly gamma: tf.Variable<tf.Rank.R1>;
  /** [channels] */
  readonly beta: tf.Variable<tf.Rank.R1>;
  /** Added to the variance. */
  readonly epsilon: number;
}

/**
 * (x - mean) / sqrt(variance + epsilon) * gamma + beta over the last axis: Ba, Kiros and Hinton 2016, arXiv:1607.06450.
 * Differentiable with respect to x, gamma and beta; training and evaluation are the same.
 * @param x [..., channels]
 * @returns of x's shape
 */
export function layerNorm<T extends tf.Tensor>(x: T, { gamma, beta, epsilon }: LayerNormParameters): T {
  if (hasNativeKernels()) return native(epsilon)(x, gamma, beta) as T;
  return tf.tidy(() => {
    const centred = tf.sub(x, tf.mean(x, -1, true));
    const inverse = tf.rsqrt(tf.add(tf.mean(tf.square(centred), -1, true), epsilon));
    return tf.add(tf.mul(tf.mul(centred, inverse), gamma), beta) as T;
  });
}

function native(epsilon: number): (...inputs: tf.Tensor[]) => tf.Tensor {
  return tf.customGrad((...args) => {
    const [x, gamma, beta, save] = args as unknown as [tf.Tensor, tf.Tensor, tf.Tensor, tf.GradSaveFunc];
    const call = { name: 'WinnowLayerNorm', inputs: [x, gamma, beta], outputs: 3, floats: { epsilon } };
    const [y, mean, inverse] = runTensorflowKernel(call) as [tf.Tensor, tf.Tensor, tf.Tensor];
    save([x, gamma, mean, inverse]);
    return {
      value: y,
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) =>
        runTensorflowKernel({ name: 'WinnowLayerNormGrad', inputs: [dy, ...saved], outputs: 3 }),
    };
  });
}
