import { SeededRandom } from '@winnow/random';
import * as tf from '@tensorflow/tfjs';

import { maxPool, type MaxPoolOptions } from './pools';
import { numericGradient, tensorLeak } from '../engines/tensor-checks';
import { onEngines } from '../engines/on-engines';

type Shape = [number, number, number, number];
interface Case extends MaxPoolOptions {
  readonly input: Shape;
}

const CASES: readonly Case[] = [
  { input: [2, 8, 8, 3], kernel: 3, stride: 2, padding: 1 },
  { input: [1, 7, 5, 2], kernel: 3, stride: 2, padding: 1 },
  { input: [2, 6, 4, 1], kernel: 2, stride: 2, padding: 0 },
  { input: [1, 5, 6, 2], kernel: 3, stride: 1, padding: 1 },
];

/** Different values, all below zero (so that zeros as padding would show) and a tenth apart or more. */
const negatives = (shape: Shape): Float32Array => {
  const size = shape.reduce((product, length) => product * length, 1);
  return Float32Array.from(new SeededRandom('max-pool').permutation(size), (place) => -1 - place / 10);
};

/** The largest value of each window, first come where several are, and where it lies. */
function naive(x: Float32Array, { input, kernel, stride, padding }: Case): { value: number; from: number }[] {
  const [batch, height, width, channels] = input;
  const length = (size: number) => Math.floor((size + 2 * padding - kernel) / stride) + 1;
  const found: { value: number; from: number }[] = [];
  for (let n = 0; n < batch; n += 1)
    for (let row = 0; row < length(height); row += 1)
      for (let column = 0; column < length(width); column += 1)
        for (let channel = 0; channel < channels; channel += 1) {
          let best = { value: -Infinity, from: -1 };
          for (let i = 0; i < kernel * kernel; i += 1) {
            const [h, w] = [row * stride - padding + Math.floor(i / kernel), column * stride - padding + (i % kernel)];
            if (h < 0 || w < 0 || h >= height || w >= width) continue;
            const from = ((n * height + h) * width + w) * channels + channel;
            if ((x[from] as number) > best.value) best = { value: x[from] as number, from };
          }
          found.push(best);
        }
  return found;
}

onEngines(() => {
  describe('maxPool', () => {
    it.each(CASES)('equals a naive one, forwards and backwards: %j', (example) => {
      const values = negatives(example.input);
      const windows = naive(values, example);
      tf.tidy(() => {
        const x = tf.tensor4d(values, example.input);
        expect(Array.from(maxPool(x, example).dataSync())).toEqual(windows.map(({ value }) => value));
        const weights = windows.map((_, index) => index + 1);
        const weighted = (input: tf.Tensor) => {
          const y = maxPool(input as tf.Tensor4D, example);
          return y.mul(tf.tensor4d(weights, y.shape)).sum();
        };
        const expected = new Float32Array(values.length);
        windows.forEach(
          ({ from }, index) => (expected[from] = (expected[from] as number) + (weights[index] as number)),
        );
        expect(Array.from(tf.grad(weighted)(x).dataSync())).toEqual(Array.from(expected));
      });
    });

    it('has the gradient of its finite differences', () => {
      const example = CASES[1] as Case;
      tf.tidy(() => {
        const x = tf.tensor4d(negatives(example.input), example.input);
        const f = (input: tf.Tensor) =>
          maxPool(input as tf.Tensor4D, example)
            .square()
            .mean();
        const numeric = numericGradient(f, x, 1e-2).dataSync();
        tf.grad(f)(x)
          .dataSync()
          .forEach((slope, index) => expect(slope).toBeCloseTo(numeric[index] as number, 2));
      });
    });

    it('leaves no tensor behind', () => {
      const example = CASES[0] as Case;
      const x = tf.tensor4d(negatives(example.input), example.input);
      expect(tensorLeak(() => tf.dispose(tf.grad((input) => maxPool(input as tf.Tensor4D, example).sum())(x)))).toBe(0);
      x.dispose();
    });
  });
});
