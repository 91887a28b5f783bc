import * as tf from '@tensorflow/tfjs';

import type { Activation } from './activation';
import { relu } from './relu';

/** The activation of x, any shape. Where a result lies on 0 or 6 exactly, its gradient is the engine's choice. */
export function activate<T extends tf.Tensor>(x: T, activation: Activation): T {
  if (activation === 'none') return x;
  if (activation === 'relu') return relu(x);
  return tf.relu6(x);
}
