import { tf } from '@winnow/tensor';

/** Square of the length below which a vector counts as zero. */
const SMALLEST_SQUARE = 1e-24;

/**
 * Scales every row to length 1. A row of (almost) zero length gives zeros and passes no gradient on, where a plain
 * division would give NaN or an explosion.
 * @param vectors [batch, dim]
 * @returns [batch, dim]
 */
export function l2Normalize(vectors: tf.Tensor2D): tf.Tensor2D {
  return tf.tidy(() => {
    const squares = tf.sum(tf.mul(vectors, vectors), 1, true);
    const nonZero = tf.step(tf.sub(squares, SMALLEST_SQUARE));
    const scale = tf.mul(tf.rsqrt(tf.maximum(squares, SMALLEST_SQUARE)), nonZero);
    return tf.mul(vectors, scale) as tf.Tensor2D;
  });
}
