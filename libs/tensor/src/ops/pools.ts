import * as tf from '@tensorflow/tfjs';
import { hasNativeKernels, runTensorflowKernel } from '../engines/tensorflow-kernel';

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

/**
 * The mean of each channel over the image, differentiable.
 * @param x [batch, height, width, channels]
 * @returns [batch, 1, 1, channels]
 */
export function meanPool(x: tf.Tensor4D): tf.Tensor4D {
  return hasNativeKernels() ? (nativeMeanPool(x) as tf.Tensor4D) : (tf.mean(x, [1, 2], true) as tf.Tensor4D);
}

/** TensorFlow's own takes the mean over axes in the middle value by value. */
const nativeMeanPool = tf.customGrad((...args) => {
  const [x, save] = args as unknown as [tf.Tensor4D, tf.GradSaveFunc];
  const [batch, height, width, channels] = x.shape;
  save([]);
  const [means] = runTensorflowKernel({ name: 'WinnowMeanPool', inputs: [x], outputs: 1 });
  return {
    value: tf.reshape(means as tf.Tensor, [batch, 1, 1, channels]),
    gradFunc: (dy: tf.Tensor) => {
      const each = tf.div(dy, height * width);
      const shape = tf.tensor1d([batch, height, width, channels], 'int32');
      const call = { name: 'BroadcastTo', inputs: [each, shape], outputs: 1, floatTypes: ['T'] };
      return runTensorflowKernel(call)[0] as tf.Tensor;
    },
  };
});
