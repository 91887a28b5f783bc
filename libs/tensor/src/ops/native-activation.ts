import * as tf from '@tensorflow/tfjs';

import type { Activation } from './activation';
import { runTensorflowKernel } from '../engines/tensorflow-kernel';

/** Numbers of the activations in native/activation.h. */
export const NATIVE_ACTIVATIONS: Readonly<Record<Activation, number>> = {
  none: 0,
  relu: 1,
  relu6: 2,
  'hard-sigmoid': 3,
  'hard-swish': 4,
  sigmoid: 5,
  silu: 6,
};

/** activate by one kernel of ours each way. */
export function nativeActivate(x: tf.Tensor, activation: Activation): tf.Tensor {
  const integers = { activation: NATIVE_ACTIVATIONS[activation] };
  const run = (name: string, inputs: readonly tf.Tensor[]) =>
    runTensorflowKernel({ name, inputs, outputs: 1, integers })[0] as tf.Tensor;
  const apply = tf.customGrad((...args) => {
    const [input, save] = args as unknown as [tf.Tensor, tf.GradSaveFunc];
    save([input]);
    return {
      value: run('WinnowActivate', [input]),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => run('WinnowActivateGrad', [dy, ...saved]),
    };
  });
  return apply(x);
}
