import * as tf from '@tensorflow/tfjs';
import { hasNativeKernels, hasTensorflowKernels } from '../engines/tensorflow-kernel';
import { activate } from './activation';
import {
  type BatchNormParameters,
  type BatchNormTrainOptions,
  fusedBatchNorm,
  nativeBatchNorm,
  type Normalised,
} from './batch-norm-kernels';

/**
 * Batch normalisation with the statistics of the batch itself (Ioffe and Szegedy 2015, arXiv:1502.03167, algorithm 1):
 * activation((x - mean) / sqrt(variance + epsilon) * gamma + beta + plus), differentiable with respect to x, gamma, beta
 * and plus. The variance is divided by the count; the running one moves by the unbiased variance, as in PyTorch.
 * @param x [batch, height, width, channels]
 * @returns of x's shape
 */
export function batchNormTrain(
  x: tf.Tensor4D,
  parameters: BatchNormParameters,
  options: BatchNormTrainOptions,
): tf.Tensor4D {
  if (hasNativeKernels()) return nativeBatchNorm(x, parameters, options);
  return composedBatchNorm(hasTensorflowKernels() ? fusedBatchNorm : portableBatchNorm, x, parameters, options);
}

type Normalise = (x: tf.Tensor4D, parameters: BatchNormParameters, epsilon: number) => Normalised;

/** batchNormTrain step by step around a way to normalise. */
export function composedBatchNorm(
  normalise: Normalise,
  x: tf.Tensor4D,
  parameters: BatchNormParameters,
  { epsilon, momentum, activation = 'none', plus: residual }: BatchNormTrainOptions,
): tf.Tensor4D {
  return tf.tidy(() => {
    const { y, mean, variance } = normalise(x, parameters, epsilon);
    moveTowards(parameters.runningMean, mean, momentum);
    const count = x.size / mean.size;
    moveTowards(parameters.runningVariance, variance.mul(count / Math.max(1, count - 1)), momentum);
    return activate(residual ? (y.add(residual) as tf.Tensor4D) : y, activation);
  });
}

function moveTowards(running: tf.Variable<tf.Rank.R1>, batch: tf.Tensor, momentum: number): void {
  running.assign(tf.add(tf.mul(running, 1 - momentum), tf.mul(batch, momentum)));
}

/** Normalisation by the operations that every engine has. */
export function portableBatchNorm(x: tf.Tensor4D, { gamma, beta }: BatchNormParameters, epsilon: number): Normalised {
  const axes = [0, 1, 2];
  const mean = x.mean(axes) as tf.Tensor1D;
  const centred = x.sub(mean);
  const variance = centred.square().mean(axes) as tf.Tensor1D;
  const scale = variance.add(epsilon).rsqrt().mul(gamma);
  return { y: centred.mul(scale).add(beta) as tf.Tensor4D, mean, variance };
}

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

/**
 * y = (x - mean) / sqrt(variance + epsilon) * gamma + beta with given statistics.
 * @param x [batch, height, width, channels]; the rest are [channels]
 */
export function batchNormInference(
  x: tf.Tensor4D,
  gamma: tf.Tensor1D,
  beta: tf.Tensor1D,
  mean: tf.Tensor1D,
  variance: tf.Tensor1D,
  epsilon: number,
): tf.Tensor4D {
  return tf.batchNorm4d(x, mean, variance, beta, gamma, epsilon);
}
