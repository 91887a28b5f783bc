import * as tf from '@tensorflow/tfjs';

import { hasNativeKernels, runTensorflowKernel } from '../engines/tensorflow-kernel';

/**
 * Each channel of each image times a factor of its own, differentiable with respect to both.
 * @param x [batch, height, width, channels]
 * @param gate [batch, 1, 1, channels]
 * @returns of x's shape
 */
export function gateChannels(x: tf.Tensor4D, gate: tf.Tensor4D): tf.Tensor4D {
  return (hasNativeKernels() ? nativeGate(x, gate) : tf.mul(x, gate)) as tf.Tensor4D;
}

/** Both gradients in one pass over x and dy. */
const nativeGate = tf.customGrad((...args) => {
  const [x, gate, save] = args as unknown as [tf.Tensor4D, tf.Tensor4D, tf.GradSaveFunc];
  save([x, gate]);
  return {
    value: runTensorflowKernel({ name: 'WinnowGate', inputs: [x, gate], outputs: 1 })[0] as tf.Tensor,
    gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) =>
      runTensorflowKernel({ name: 'WinnowGateGrad', inputs: [dy, ...saved], outputs: 2 }),
  };
});
