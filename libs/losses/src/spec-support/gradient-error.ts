import { numericGradient, tf } from '@winnow/tensor';

/**
 * For specs: the largest difference between the gradient of `loss` at `x` and central differences.
 * @param shape of x
 */
export function gradientError(
  loss: (x: tf.Tensor2D) => tf.Scalar,
  values: readonly number[],
  shape: [number, number],
): number {
  return tf.tidy(() => {
    const x = tf.tensor2d([...values], shape);
    const exact = tf.grad((at: tf.Tensor) => loss(at as tf.Tensor2D))(x);
    const numeric = numericGradient((at) => loss(at as tf.Tensor2D), x, 1e-2);
    return tf.max(tf.abs(tf.sub(exact, numeric))).dataSync()[0] as number;
  });
}
