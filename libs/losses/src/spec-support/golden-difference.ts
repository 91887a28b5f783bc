import { tf } from '@winnow/tensor';
import type { GoldenLoss } from './losses-golden';

/** For specs: the largest difference of value or gradient from what PyTorch says. */
export function goldenDifference(
  { value, gradients }: GoldenLoss,
  loss: (...inputs: tf.Tensor2D[]) => tf.Scalar,
  inputs: readonly tf.Tensor2D[],
): number {
  return tf.tidy(() => {
    const { value: ours, grads } = tf.valueAndGrads((...args: tf.Tensor[]) => loss(...(args as tf.Tensor2D[])))([
      ...inputs,
    ]);
    const errors = grads.map(
      (gradient, at) =>
        tf
          .max(tf.abs(tf.sub(gradient.flatten(), tf.tensor1d([...(gradients[at] as number[])]))))
          .dataSync()[0] as number,
    );
    return Math.max(Math.abs((ours.dataSync()[0] as number) - value), ...errors);
  });
}
