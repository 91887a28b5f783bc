import * as tf from '@tensorflow/tfjs';

import { layerNorm } from './layer-norm';
import { numericGradient } from '../engines/tensor-checks';
import { onEngines } from '../engines/on-engines';

const epsilon = 1e-6;

/** Row by row. */
function naive(x: ArrayLike<number>, gamma: ArrayLike<number>, beta: ArrayLike<number>): number[] {
  const channels = gamma.length;
  return Array.from(x, (value, at) => {
    const row = Array.from({ length: channels }, (_, i) => x[at - (at % channels) + i] as number);
    const mean = row.reduce((sum, each) => sum + each, 0) / channels;
    const variance = row.reduce((sum, each) => sum + (each - mean) ** 2, 0) / channels;
    const normal = (value - mean) / Math.sqrt(variance + epsilon);
    return normal * (gamma[at % channels] as number) + (beta[at % channels] as number);
  });
}

function largest(found: ArrayLike<number>, expected: ArrayLike<number>): number {
  expect(found).toHaveLength(expected.length);
  return Math.max(...Array.from(found, (value, at) => Math.abs(value - (expected[at] as number))));
}

onEngines(() => {
  it.each([5, 16, 40])('has the values of a loop and the gradients of finite differences, %d channels', (channels) => {
    const [gamma, beta] = [3, 4].map((seed) => tf.tidy(() => tf.variable(tf.randomNormal<tf.Rank.R1>([channels], 0, 1, 'float32', seed)))) as [tf.Variable<tf.Rank.R1>, tf.Variable<tf.Rank.R1>]; // prettier-ignore
    tf.tidy(() => {
      // Rows far from zero, so that a variance about zero would be rounding.
      const x = tf.randomNormal<tf.Rank.R4>([2, 1, 3, channels], 10, 2, 'float32', 1);
      const weights = tf.randomNormal(x.shape, 0, 1, 'float32', 2);
      const y = layerNorm(x, { gamma, beta, epsilon });
      expect(largest(y.dataSync(), naive(x.dataSync(), gamma.dataSync(), beta.dataSync()))).toBeLessThan(1e-5);
      const loss = (input: tf.Tensor, scale: tf.Tensor, offset: tf.Tensor): tf.Tensor =>
        tf.sum(tf.mul(layerNorm(input, { gamma: scale, beta: offset, epsilon } as never), weights));
      const [dx, dGamma, dBeta] = tf.grads(loss)([x, gamma, beta]) as [tf.Tensor, tf.Tensor, tf.Tensor];
      const slopes = [
        numericGradient((moved) => loss(moved, gamma, beta), x, 1e-2),
        numericGradient((moved) => loss(x, moved, beta), gamma, 1e-2),
        numericGradient((moved) => loss(x, gamma, moved), beta, 1e-2),
      ];
      [dx, dGamma, dBeta].forEach((gradient, at) => {
        expect(largest(gradient.dataSync(), (slopes[at] as tf.Tensor).dataSync())).toBeLessThan(5e-3);
      });
    });
    tf.dispose([gamma, beta]);
  });

  it('sums the same over many rows', () => {
    tf.tidy(() => {
      const [rows, channels] = [3000, 48];
      const x = tf.randomNormal<tf.Rank.R2>([rows, channels], 0, 1, 'float32', 1);
      const ones = tf.ones<tf.Rank.R1>([channels]);
      const beta = tf.grads((offset) => tf.sum(layerNorm(x, { gamma: ones, beta: offset, epsilon } as never)));
      for (const slope of (beta([tf.zeros([channels])])[0] as tf.Tensor).dataSync()) expect(slope).toBe(rows);
    });
  });
});
