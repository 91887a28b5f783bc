import * as tf from '@tensorflow/tfjs';

import { activate } from './activate';
import type { BatchNormParameters } from './batch-norm-parameters';
import type { BatchNormTrainOptions } from './batch-norm-train-options';
import { fusedBatchNorm } from './fused-batch-norm';
import { nativeBatchNorm } from './native-batch-norm';
import type { Normalised } from './normalised';
import { portableBatchNorm } from './portable-batch-norm';
import { hasNativeKernels, hasTensorflowKernels } from '../engines/tensorflow-kernel';

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
  ...[normalise, x, parameters, { epsilon, momentum, activation = 'none', plus: residual }]: [
    normalise: Normalise,
    x: tf.Tensor4D,
    parameters: BatchNormParameters,
    options: BatchNormTrainOptions,
  ]
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
