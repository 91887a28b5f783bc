import * as tf from '@tensorflow/tfjs';

export interface MaxPoolOptions {
  /** Side of the square window, pixels. */
  readonly kernel: number;
  /** Step of the window, pixels, both axes. */
  readonly stride: number;
  /** Places added on each of the four sides that are never the largest, pixels; at most half the kernel. */
  readonly padding: number;
}

/**
 * The largest value of each window, with PyTorch's padding: the same on every side, where TensorFlow's 'same' puts the
 * odd one below and to the right. Differentiable.
 * @param x [batch, height, width, channels]
 * @returns [batch, floor((height + 2 padding - kernel) / stride) + 1, likewise width, channels]
 */
export function maxPool(x: tf.Tensor4D, { kernel, stride, padding }: MaxPoolOptions): tf.Tensor4D {
  if (padding === 0) return tf.maxPool(x, kernel, stride, 'valid');
  const sides: [number, number] = [padding, padding];
  return tf.tidy(() => {
    // tfjs's TensorFlow backend takes no explicit paddings here.
    const padded = tf.pad(x, [[0, 0], sides, sides, [0, 0]], -Infinity) as tf.Tensor4D;
    return tf.maxPool(padded, kernel, stride, 'valid');
  });
}
