import * as tf from '@tensorflow/tfjs';

import type { Conv2dOptions } from './conv2d';

/**
 * Cross-correlation of each channel with a filter of its own, PyTorch's padding (the same number of zeros on every side).
 * @param x [batch, height, width, channels]
 * @param filter [height, width, channels, 1]
 * @returns [batch, floor((height + 2 padding - kernel) / stride) + 1, likewise width, channels]
 */
export function depthwiseConv2d(x: tf.Tensor4D, filter: tf.Tensor4D, { stride, padding }: Conv2dOptions): tf.Tensor4D {
  const kernel = 2 * padding + 1;
  if (padding === 0) return tf.depthwiseConv2d(x, filter, stride, 'valid');
  if (stride === 1 && filter.shape[0] === kernel && filter.shape[1] === kernel) {
    return tf.depthwiseConv2d(x, filter, 1, 'same');
  }
  return tf.tidy(() => {
    const padded = tf.pad(x, [[0, 0], [padding, padding], [padding, padding], [0, 0]]); // prettier-ignore
    return tf.depthwiseConv2d(padded as tf.Tensor4D, filter, stride, 'valid');
  });
}
