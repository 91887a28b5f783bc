import * as tf from '@tensorflow/tfjs';

import type { Activation } from './activation';
import { relu } from './relu';

/** The activation of x, any shape; its gradient is 0 at the bounds (tfjs's own relu6 passes it at 6). */
export function activate<T extends tf.Tensor>(x: T, activation: Activation): T {
  if (activation === 'none') return x;
  if (activation === 'relu') return relu(x);
  return tf.relu6(x);
}
