import * as tf from '@tensorflow/tfjs';

import { attention } from './attention';
import { numericGradient } from '../engines/tensor-checks';
import { onEngines } from '../engines/on-engines';

const [BATCH, TOKENS, HEADS, SIZE] = [2, 3, 2, 4];
const CHANNELS = HEADS * SIZE;

/** Head by head and token by token. */
function naive(qkv: ArrayLike<number>): number[] {
  const at = (image: number, token: number, part: number, channel: number): number =>
    qkv[(image * TOKENS + token) * 3 * CHANNELS + part * CHANNELS + channel] as number;
  const result: number[] = [];
  for (let index = 0; index < BATCH * TOKENS * CHANNELS; index += 1) {
    const channel = index % CHANNELS;
    const token = Math.floor(index / CHANNELS) % TOKENS;
    const image = Math.floor(index / CHANNELS / TOKENS);
    const first = channel - (channel % SIZE);
    const scores = Array.from({ length: TOKENS }, (_, other) => {
      let sum = 0;
      for (let i = first; i < first + SIZE; i += 1) sum += at(image, token, 0, i) * at(image, other, 1, i);
      return Math.exp(sum / Math.sqrt(SIZE));
    });
    const total = scores.reduce((sum, score) => sum + score, 0);
    result.push(scores.reduce((sum, score, other) => sum + (score / total) * at(image, other, 2, channel), 0));
  }
  return result;
}

onEngines(() => {
  it('has the values of a loop and the gradient of finite differences', () => {
    tf.tidy(() => {
      const qkv = tf.randomNormal<tf.Rank.R4>([BATCH, 1, TOKENS, 3 * CHANNELS], 0, 1, 'float32', 1);
      const y = attention(qkv, HEADS);
      expect(y.shape).toEqual([BATCH, 1, TOKENS, CHANNELS]);
      const expected = naive(qkv.dataSync());
      y.dataSync().forEach((value, at) => expect(value).toBeCloseTo(expected[at] as number, 5));
      const weights = tf.randomNormal(y.shape, 0, 1, 'float32', 2);
      const loss = (moved: tf.Tensor): tf.Tensor => tf.sum(tf.mul(attention(moved as tf.Tensor4D, HEADS), weights));
      const slopes = numericGradient(loss, qkv, 1e-2).dataSync();
      const found = tf.grad(loss)(qkv).dataSync();
      found.forEach((value, at) => expect(Math.abs(value - (slopes[at] as number))).toBeLessThan(5e-3));
    });
  });

  it('refuses channels that do not divide', () => {
    expect(() => attention(tf.zeros([1, 1, 2, 10]), 2)).toThrow(/10 channels/);
  });
});
