import * as tf from '@tensorflow/tfjs';

/**
 * y = (x - mean) / sqrt(variance + epsilon) * gamma + beta with given statistics.
 * @param x [batch, height, width, channels]; the rest are [channels]
 */
export function batchNormInference(
  ...[x, gamma, beta, mean, variance, epsilon]: [
    x: tf.Tensor4D,
    gamma: tf.Tensor1D,
    beta: tf.Tensor1D,
    mean: tf.Tensor1D,
    variance: tf.Tensor1D,
    epsilon: number,
  ]
): tf.Tensor4D {
  return tf.batchNorm4d(x, mean, variance, beta, gamma, epsilon);
}
