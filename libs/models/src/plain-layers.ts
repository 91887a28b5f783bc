import { maxPool, tf } from '@winnow/tensor';
import type { ForwardPass } from './forward-pass';

/** Layers without weights: every pass that computes does them alike. */
export const PLAIN_LAYERS: Pick<ForwardPass, 'add' | 'maxPool' | 'features'> = {
  add: (x, y) => tf.add(x, y) as tf.Tensor4D,
  maxPool,
  features: (x) => tf.mean(x, [1, 2]) as tf.Tensor2D,
};
