import * as tf from '@tensorflow/tfjs';

import { conv2d } from './conv2d';
import { onEngines } from '../engines/on-engines';
import { tensorLeak } from '../engines/tensor-checks';

interface Case {
  readonly input: [number, number, number, number];
  readonly filter: [number, number, number, number];
  readonly stride: number;
  readonly padding: number;
}

const CASES: readonly Case[] = [
  { input: [2, 7, 6, 3], filter: [3, 3, 3, 4], stride: 1, padding: 1 },
  { input: [2, 8, 6, 3], filter: [3, 3, 3, 2], stride: 2, padding: 1 },
  { input: [2, 7, 5, 2], filter: [3, 3, 2, 3], stride: 2, padding: 1 },
  { input: [1, 9, 8, 3], filter: [7, 7, 3, 2], stride: 2, padding: 3 },
  { input: [2, 8, 8, 3], filter: [1, 1, 3, 2], stride: 2, padding: 0 },
  { input: [3, 9, 7, 1], filter: [1, 1, 1, 3], stride: 2, padding: 0 },
  { input: [3, 8, 8, 4], filter: [1, 1, 4, 8], stride: 2, padding: 0 },
  { input: [1, 7, 8, 16], filter: [1, 1, 16, 32], stride: 3, padding: 0 },
  { input: [1, 6, 5, 2], filter: [3, 2, 2, 2], stride: 1, padding: 1 },
  { input: [1, 6, 7, 1], filter: [1, 3, 1, 2], stride: 3, padding: 0 },
];

/** The definition in plain loops; gradients of sum(y * dy) beside it. */
function naive(
  { input, filter, stride, padding }: Case,
  x: ArrayLike<number>,
  w: ArrayLike<number>,
  dy: ArrayLike<number>,
) {
  const [batch, height, width, channels] = input;
  const [kernelHeight, kernelWidth, , out] = filter;
  const rows = Math.floor((height + 2 * padding - kernelHeight) / stride) + 1;
  const columns = Math.floor((width + 2 * padding - kernelWidth) / stride) + 1;
  const y = new Float64Array(batch * rows * columns * out);
  const dx = new Float64Array(x.length);
  const dw = new Float64Array(w.length);
  for (let n = 0; n < batch; n++)
    for (let r = 0; r < rows; r++)
      for (let c = 0; c < columns; c++)
        for (let o = 0; o < out; o++)
          for (let i = 0; i < kernelHeight; i++)
            for (let j = 0; j < kernelWidth; j++)
              for (let k = 0; k < channels; k++) {
                const [row, column] = [r * stride + i - padding, c * stride + j - padding];
                if (row < 0 || row >= height || column < 0 || column >= width) continue;
                const atX = ((n * height + row) * width + column) * channels + k;
                const atW = ((i * kernelWidth + j) * channels + k) * out + o;
                const atY = ((n * rows + r) * columns + c) * out + o;
                y[atY]! += x[atX]! * w[atW]!;
                dx[atX]! += dy[atY]! * w[atW]!;
                dw[atW]! += dy[atY]! * x[atX]!;
              }
  return { shape: [batch, rows, columns, out], y, dx, dw };
}

function expectClose(actual: tf.Tensor, expected: ArrayLike<number>): void {
  const values = actual.dataSync();
  expect(values).toHaveLength(expected.length);
  values.forEach((value, index) => expect(value).toBeCloseTo(expected[index] as number, 4));
}

onEngines(() => {
  it.each(CASES)('equals its definition, with gradients, for %j', (example) => {
    tf.tidy(() => {
      const x = tf.randomNormal<tf.Rank.R4>(example.input, 0, 1, 'float32', 1);
      const filter = tf.randomNormal<tf.Rank.R4>(example.filter, 0, 1, 'float32', 2);
      const y = conv2d(x, filter, example);
      const dy = tf.randomNormal(y.shape, 0, 1, 'float32', 3);
      const expected = naive(example, x.dataSync(), filter.dataSync(), dy.dataSync());
      expect(y.shape).toEqual(expected.shape);
      expectClose(y, expected.y);
      const loss = (a: tf.Tensor, b: tf.Tensor) =>
        conv2d(a as tf.Tensor4D, b as tf.Tensor4D, example)
          .mul(dy)
          .sum();
      const [dx, dFilter] = tf.grads(loss)([x, filter]) as [tf.Tensor, tf.Tensor];
      expectClose(dx, expected.dx);
      expectClose(dFilter, expected.dw);
    });
  });

  it.each(CASES)('leaves no tensor behind for %j', (example) => {
    const x = tf.ones<tf.Rank.R4>(example.input);
    const filter = tf.ones<tf.Rank.R4>(example.filter);
    const gradients = tf.grads((a, b) => conv2d(a as tf.Tensor4D, b as tf.Tensor4D, example).sum());
    expect(tensorLeak(() => tf.dispose(gradients([x, filter])))).toBe(0);
    tf.dispose([x, filter]);
  });
});
