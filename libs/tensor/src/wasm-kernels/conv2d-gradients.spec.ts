import * as tf from '@tensorflow/tfjs';

import { defaultCacheDir } from '@winnow/files/native';
import { startEngine } from '../engines/start-engine';
import { tensorLeak } from '../engines/tensor-checks';

const options = { cacheDir: defaultCacheDir(process.env), log: () => undefined };

interface Case {
  readonly input: [number, number, number, number];
  readonly kernel: [number, number];
  readonly out: number;
  readonly stride: number | [number, number];
  readonly pad: number | 'same' | 'valid' | tf.backend_util.ExplicitPadding;
}

const CASES: readonly Case[] = [
  { input: [2, 7, 5, 3], kernel: [3, 3], out: 4, stride: 1, pad: 1 },
  { input: [2, 7, 5, 3], kernel: [3, 3], out: 4, stride: 2, pad: 1 },
  { input: [3, 8, 6, 2], kernel: [3, 3], out: 5, stride: 2, pad: 1 },
  { input: [2, 8, 8, 3], kernel: [1, 1], out: 4, stride: 2, pad: 0 },
  { input: [2, 9, 7, 1], kernel: [1, 1], out: 1, stride: 1, pad: 0 },
  { input: [1, 9, 8, 2], kernel: [5, 3], out: 3, stride: 1, pad: 'valid' },
  { input: [1, 11, 8, 2], kernel: [5, 2], out: 3, stride: [3, 2], pad: 'same' },
  { input: [2, 10, 9, 2], kernel: [3, 3], out: 3, stride: 2, pad: 'same' },
  { input: [2, 10, 9, 2], kernel: [3, 3], out: 3, stride: 3, pad: 'valid' },
  { input: [1, 6, 5, 2], kernel: [2, 2], out: 3, stride: 2, pad: 2 },
  { input: [1, 6, 5, 2], kernel: [1, 1], out: 3, stride: 1, pad: 1 },
  {
    input: [2, 6, 7, 2],
    kernel: [3, 3],
    out: 2,
    stride: 2,
    pad: [
      [0, 0],
      [2, 1],
      [0, 1],
      [0, 0],
    ],
  },
];

/** Gradients of a sum with random weights, so that no two places have the same dy. */
function gradients({ input, kernel, out, stride, pad }: Case): [Float32Array, Float32Array] {
  return tf.tidy(() => {
    const x = tf.randomNormal<tf.Rank.R4>(input, 0, 1, 'float32', 1);
    const filter = tf.randomNormal<tf.Rank.R4>([...kernel, input[3], out], 0, 1, 'float32', 2);
    const f = (a: tf.Tensor, b: tf.Tensor) => {
      const y = tf.conv2d(
        a as tf.Tensor4D,
        b as tf.Tensor4D,
        stride,
        pad,
        'NHWC',
        1,
        typeof pad === 'string' ? undefined : 'floor',
      );
      return y.mul(tf.randomNormal(y.shape, 0, 1, 'float32', 3)).sum();
    };
    const [dx, dFilter] = tf.grads(f)([x, filter]) as [tf.Tensor, tf.Tensor];
    return [dx.dataSync<'float32'>(), dFilter.dataSync<'float32'>()];
  });
}

describe('convolution gradients on wasm', () => {
  it.each(CASES)('equal those of the cpu engine for %j', async (example) => {
    await startEngine('cpu', options);
    const expected = gradients(example);
    await startEngine('wasm', options);
    const actual = gradients(example);
    expected.forEach((values, index) => {
      expect(actual[index]).toHaveLength(values.length);
      values.forEach((value, place) => expect(actual[index]?.[place]).toBeCloseTo(value, 4));
    });
    expect(tensorLeak(() => void gradients(example))).toBe(0);
  });
});
