import * as tf from '@tensorflow/tfjs';

import { activate } from './activate';
import type { BatchNormParameters } from './batch-norm-parameters';
import type { BatchNormTrainOptions } from './batch-norm-train-options';
import { nativeBatchNorm } from './native-batch-norm';
import { hasNativeKernels } from '../engines/tensorflow-kernel';

export interface BatchNormFixedOptions extends Omit<BatchNormTrainOptions, 'momentum'> {
  /** Whether scale and offset are trained: without, the way back reads less. */
  readonly trainsAffine: boolean;
}

/**
 * Batch normalisation with the running statistics, which stay as they are, in training:
 * activation((x - mean) / sqrt(variance + epsilon) * gamma + beta + plus), differentiable with respect to x and plus, and
 * to gamma and beta where these are trained.
 * @param x [batch, height, width, channels]
 * @returns of x's shape
 */
export function batchNormFixed(
  x: tf.Tensor4D,
  parameters: BatchNormParameters,
  { epsilon, activation = 'none', plus: residual, trainsAffine }: BatchNormFixedOptions,
): tf.Tensor4D {
  if (hasNativeKernels()) {
    const options = { epsilon, momentum: 0, activation, plus: residual };
    return nativeBatchNorm(x, parameters, options, { affine: trainsAffine });
  }
  return tf.tidy(() => {
    const { gamma, beta, runningMean, runningVariance } = parameters;
    const scale = tf.mul(tf.rsqrt(tf.add(runningVariance, epsilon)), gamma);
    const y = tf.add(tf.mul(x, scale), tf.sub(beta, tf.mul(runningMean, scale))) as tf.Tensor4D;
    return activate(residual ? (tf.add(y, residual) as tf.Tensor4D) : y, activation);
  });
}
