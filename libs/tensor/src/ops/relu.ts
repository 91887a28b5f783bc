import * as tf from '@tensorflow/tfjs';

import { hasTensorflowKernels, runTensorflowKernel } from '../engines/tensorflow-kernel';

/**
 * max(x, 0), any shape. On TensorFlow the gradient is one kernel (ReluGrad, from the output) where tfjs's own takes
 * six; the gradient at 0 is 0 on every engine.
 */
export function relu<T extends tf.Tensor>(x: T): T {
  return hasTensorflowKernels() ? (fusedRelu(x) as T) : tf.relu(x);
}

const fusedRelu = tf.customGrad((...args) => {
  const [x, save] = args as unknown as [tf.Tensor, tf.GradSaveFunc];
  const y = tf.relu(x);
  save([y]);
  return {
    value: y,
    gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
      const [output] = saved as [tf.Tensor];
      const [dx] = runTensorflowKernel({ name: 'ReluGrad', inputs: [dy, output], outputs: 1, floatTypes: ['T'] });
      return dx as tf.Tensor;
    },
  };
});
