import * as tf from '@tensorflow/tfjs';

/** x times the share of a normal distribution below x (by the error function): Hendrycks and Gimpel 2016, arXiv:1606.08415. */
export function gelu<T extends tf.Tensor>(x: T): T {
  return tf.tidy(() => tf.mul(x, tf.mul(tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1), 0.5)) as T);
}
