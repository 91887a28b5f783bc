import { maxPool, tf } from '@winnow/tensor';
import type { ForwardPass } from './forward-pass';

/** Layers without weights: every pass that computes does them alike. */
export const PLAIN_LAYERS: Pick<ForwardPass, 'add' | 'maxPool'> = {
  add: (x, y) => tf.add(x, y) as tf.Tensor4D,
  maxPool,
};
