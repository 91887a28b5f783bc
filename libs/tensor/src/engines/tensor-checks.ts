import * as tf from '@tensorflow/tfjs';

/** How many tensors `fn` leaves behind: it runs once to warm up caches, then once more, counted. */
export function tensorLeak(fn: () => void): number {
  fn();
  const before = tf.memory().numTensors;
  fn();
  return tf.memory().numTensors - before;
}

/**
 * Central differences of a scalar function, one element at a time: (f(x + e) - f(x - e)) / 2e. For small tensors.
 * @param epsilon step; 1e-2 suits float32, where the error is about 1e-3 of the value
 * @returns a tensor of x's shape, the caller's to dispose
 */
export function numericGradient(f: (x: tf.Tensor) => tf.Tensor, x: tf.Tensor, epsilon: number): tf.Tensor {
  const values = x.dataSync();
  const at = (index: number, delta: number) => {
    const moved = Float32Array.from(values);
    moved[index] = (moved[index] as number) + delta;
    return tf.tidy(() => f(tf.tensor(moved, x.shape)).dataSync()[0] as number);
  };
  const slopes = Float32Array.from(values, (_, index) => (at(index, epsilon) - at(index, -epsilon)) / (2 * epsilon));
  return tf.tensor(slopes, x.shape);
}
