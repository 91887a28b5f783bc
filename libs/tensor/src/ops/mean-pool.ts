import * as tf from '@tensorflow/tfjs';

import { hasNativeKernels, runTensorflowKernel } from '../engines/tensorflow-kernel';

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
