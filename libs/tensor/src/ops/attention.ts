import { WinnowError } from '@winnow/contracts';
import * as tf from '@tensorflow/tfjs';

/**
 * Scaled dot-product attention among the tokens of each image, every head on its own channels: softmax(q k^T /
 * sqrt(channels of a head)) v. Vaswani et al. 2017, arXiv:1706.03762, equation 1.
 * @param qkv [batch, 1, tokens, 3 * channels]: queries, keys and values of all heads, one after another
 * @returns [batch, 1, tokens, channels]
 * @throws WinnowError SHAPE_MISMATCH where the channels do not divide
 */
export function attention(qkv: tf.Tensor4D, heads: number): tf.Tensor4D {
  const [batch, height, width, all] = qkv.shape;
  const channels = all / 3;
  const size = channels / heads;
  if (!Number.isInteger(size)) {
    throw new WinnowError(
      'SHAPE_MISMATCH',
      `attention: ${all} channels are no queries, keys and values of ${heads} heads`,
    );
  }
  const tokens = height * width;
  return tf.tidy(() => {
    // [3, batch, heads, tokens, size]
    const parts = tf.transpose(qkv.reshape([batch, tokens, 3, heads, size]), [2, 0, 3, 1, 4]);
    const [query, key, value] = tf.unstack(parts) as [tf.Tensor4D, tf.Tensor4D, tf.Tensor4D];
    const scores = tf.matMul(tf.mul(query, 1 / Math.sqrt(size)), key, false, true);
    const mixed = tf.matMul(tf.softmax(scores), value) as tf.Tensor4D;
    return tf.transpose(mixed, [0, 2, 1, 3]).reshape([batch, height, width, channels]) as tf.Tensor4D;
  });
}
