import { batchNormInference, batchNormTrain, tf } from '@winnow/tensor';

import type { ParameterStore } from './parameter-store';

export const BATCH_NORM_EPSILON = 1e-5;
/** Share of the new batch in the running statistics, PyTorch's default. */
export const BATCH_NORM_MOMENTUM = 0.1;

export type Layer = (x: tf.Tensor4D, training: boolean) => tf.Tensor4D;

/**
 * Batch normalisation over [batch, height, width], Ioffe and Szegedy 2015. In training the running statistics move by
 * `momentum`, the variance unbiased (divided by count - 1), as in PyTorch.
 */
export function batchNorm(store: ParameterStore, name: string, channels: number): Layer {
  const gamma = store.constant(`${name}.weight`, channels, 1, true);
  const beta = store.constant(`${name}.bias`, channels, 0, true);
  const runningMean = store.constant(`${name}.running_mean`, channels, 0, false);
  const runningVariance = store.constant(`${name}.running_var`, channels, 1, false);
  return (x, training) => {
    if (!training) {
      return batchNormInference(x, gamma, beta, runningMean, runningVariance, BATCH_NORM_EPSILON);
    }
    const { y, mean, variance } = batchNormTrain(x, gamma, beta, BATCH_NORM_EPSILON);
    const count = x.shape[0] * x.shape[1] * x.shape[2];
    moveTowards(runningMean, mean, 1);
    moveTowards(runningVariance, variance, count / Math.max(1, count - 1));
    return y;
  };
}

function moveTowards(running: tf.Variable<tf.Rank.R1>, batch: tf.Tensor1D, factor: number): void {
  tf.tidy(() => {
    const kept = tf.mul(running, 1 - BATCH_NORM_MOMENTUM);
    running.assign(tf.add(kept, tf.mul(batch, BATCH_NORM_MOMENTUM * factor)));
  });
}
