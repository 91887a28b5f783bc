import * as tf from '@tensorflow/tfjs';

import { hasTensorflowKernels, runTensorflowKernel } from './tensorflow-kernel';

export interface BatchNormTrainResult {
  /** Normalised, [batch, height, width, channels]; gradients flow through it alone. */
  readonly y: tf.Tensor4D;
  /** Of the batch, [channels]. */
  readonly mean: tf.Tensor1D;
  /** Of the batch, biased (divided by batch * height * width), [channels]. */
  readonly variance: tf.Tensor1D;
}

/**
 * Batch normalisation with the statistics of the batch itself (Ioffe and Szegedy 2015, arXiv:1502.03167, algorithm 1):
 * y = (x - mean) / sqrt(variance + epsilon) * gamma + beta, differentiable with respect to x, gamma and beta.
 * @param x [batch, height, width, channels]
 * @param gamma [channels]
 * @param beta [channels]
 */
export function batchNormTrain(
  x: tf.Tensor4D,
  gamma: tf.Tensor1D,
  beta: tf.Tensor1D,
  epsilon: number,
): BatchNormTrainResult {
  return hasTensorflowKernels() ? tensorflow(x, gamma, beta, epsilon) : portable(x, gamma, beta, epsilon);
}

function tensorflow(x: tf.Tensor4D, gamma: tf.Tensor1D, beta: tf.Tensor1D, epsilon: number): BatchNormTrainResult {
  const floatTypes = ['T', 'U'];
  const strings = { data_format: 'NHWC' };
  const booleans = { is_training: true };
  let statistics: tf.Tensor[] = [];

  const normalise = tf.customGrad((...args) => {
    const [input, scale, offset, save] = args as unknown as [tf.Tensor4D, tf.Tensor1D, tf.Tensor1D, tf.GradSaveFunc];
    const empty = tf.tensor1d([]);
    const [y, mean, unbiased, ...reserves] = runTensorflowKernel({
      name: 'FusedBatchNormV3',
      inputs: [input, scale, offset, empty, empty],
      outputs: 6,
      floatTypes,
      floats: { epsilon, exponential_avg_factor: 1 },
      strings,
      booleans,
    }) as [tf.Tensor, tf.Tensor, tf.Tensor, ...tf.Tensor[]];
    const count = input.size / scale.size;
    // The kernel states the sample variance; what it divides by is the biased one.
    statistics = [tf.keep(mean), tf.keep(unbiased.mul(Math.max(count - 1, 1) / count))];
    save([input, scale, ...reserves]);
    return {
      value: y,
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) =>
        runTensorflowKernel({
          name: 'FusedBatchNormGradV3',
          inputs: [dy, ...saved],
          outputs: 5,
          floatTypes,
          floats: { epsilon },
          strings,
          booleans,
        }).slice(0, 3),
    };
  });

  const y = normalise(x, gamma, beta) as tf.Tensor4D;
  // Kept so that customGrad did not drop them; the clones belong to the caller's scope.
  const [mean, variance] = statistics.map((tensor) => {
    const clone = tensor.clone();
    tensor.dispose();
    return clone;
  }) as [tf.Tensor1D, tf.Tensor1D];
  return { y, mean, variance };
}

function portable(x: tf.Tensor4D, gamma: tf.Tensor1D, beta: tf.Tensor1D, epsilon: number): BatchNormTrainResult {
  const [y, mean, variance] = tf.tidy(() => {
    const axes = [0, 1, 2];
    const batchMean = x.mean(axes) as tf.Tensor1D;
    const centred = x.sub(batchMean);
    const batchVariance = centred.square().mean(axes) as tf.Tensor1D;
    const scale = batchVariance.add(epsilon).rsqrt().mul(gamma);
    return [centred.mul(scale).add(beta) as tf.Tensor4D, batchMean, batchVariance];
  });
  return { y: y as tf.Tensor4D, mean: mean as tf.Tensor1D, variance: variance as tf.Tensor1D };
}
