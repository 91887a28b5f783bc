import * as tf from '@tensorflow/tfjs';

import type { BatchNormParameters } from './batch-norm-parameters';
import type { Normalised } from './normalised';
import { runTensorflowKernel } from '../engines/tensorflow-kernel';

/** Normalisation by TensorFlow's own kernels, which run on every device that it knows. */
export function fusedBatchNorm(x: tf.Tensor4D, { gamma, beta }: BatchNormParameters, epsilon: number): Normalised {
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
