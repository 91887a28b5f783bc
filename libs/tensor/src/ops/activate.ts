import * as tf from '@tensorflow/tfjs';

import type { Activation } from './activation';
import { nativeActivate } from './native-activation';
import { relu } from './relu';
import { hasNativeKernels } from '../engines/tensorflow-kernel';

/** The activation of x, any shape. Where its slope jumps, the gradient is the engine's choice. */
export function activate<T extends tf.Tensor>(x: T, activation: Activation): T {
  if (activation === 'none') return x;
  if (activation === 'relu') return relu(x);
  if (activation === 'relu6') return tf.relu6(x);
  return (hasNativeKernels() ? nativeActivate(x, activation) : portableActivate(x, activation)) as T;
}

/** The smooth and the piecewise ones by operations that every engine has. */
export function portableActivate(x: tf.Tensor, activation: Exclude<Activation, 'none' | 'relu' | 'relu6'>): tf.Tensor {
  return tf.tidy(() => {
    const isHard = activation === 'hard-sigmoid' || activation === 'hard-swish';
    const factor = isHard ? tf.div(tf.relu6(tf.add(x, 3)), 6) : tf.sigmoid(x);
    return activation === 'hard-swish' || activation === 'silu' ? tf.mul(x, factor) : factor;
  });
}
