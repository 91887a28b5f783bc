import * as tf from '@tensorflow/tfjs';

/** How many tensors `fn` leaves behind: it runs once to warm up caches, then once more, counted. */
export function tensorLeak(fn: () => void): number {
  fn();
  const before = tf.memory().numTensors;
  fn();
  return tf.memory().numTensors - before;
}
