import * as tf from '@tensorflow/tfjs';

import { defaultCacheDir } from '@winnow/files/native';
import { startEngine } from '../engines/start-engine';
import { tensorLeak } from '../engines/tensor-checks';

const options = { cacheDir: defaultCacheDir(process.env), log: () => undefined };

interface Case {
  readonly input: [number, number, number, number];
  readonly kernel: [number, number];
  readonly multiplier: number;
  readonly stride: number | [number, number];
  readonly pad: 'same' | 'valid' | number;
}

const CASES: readonly Case[] = [
  { input: [2, 7, 5, 3], kernel: [3, 3], multiplier: 1, stride: 1, pad: 'same' },
  { input: [2, 8, 7, 3], kernel: [3, 3], multiplier: 1, stride: 2, pad: 'same' },
  { input: [2, 9, 6, 4], kernel: [5, 3], multiplier: 2, stride: [2, 2], pad: 'valid' },
  { input: [1, 8, 8, 2], kernel: [3, 3], multiplier: 3, stride: 2, pad: 1 },
  { input: [3, 5, 4, 1], kernel: [1, 1], multiplier: 1, stride: 1, pad: 'valid' },
];

function gradients({ input, kernel, multiplier, stride, pad }: Case): ArrayLike<number>[] {
  return tf.tidy(() => {
    const x = tf.randomNormal<tf.Rank.R4>(input, 0, 1, 'float32', 1);
    const filter = tf.randomNormal<tf.Rank.R4>([...kernel, input[3], multiplier], 0, 1, 'float32', 2);
    const f = (a: tf.Tensor, b: tf.Tensor) => {
      const y = tf.depthwiseConv2d(a as tf.Tensor4D, b as tf.Tensor4D, stride, pad);
      return y.mul(tf.randomNormal(y.shape, 0, 1, 'float32', 3)).sum();
    };
    return tf
      .grads(f)([x, filter])
      .map((gradient) => gradient.dataSync());
  });
}

describe('depthwise convolution gradients on wasm', () => {
  it.each(CASES)('equal those of the cpu engine for %j', async (example) => {
    await startEngine('cpu', options);
    const expected = gradients(example);
    await startEngine('wasm', options);
    const actual = gradients(example);
    expected.forEach((values, index) => {
      expect(actual[index]).toHaveLength(values.length);
      Array.from(values).forEach((value, place) => expect(actual[index]?.[place]).toBeCloseTo(value, 4));
    });
    expect(tensorLeak(() => void gradients(example))).toBe(0);
  });

  it('are refused where the convolution is dilated', () => {
    tf.tidy(() => {
      const inputs = { dy: tf.ones([1, 3, 3, 1]), filter: tf.ones([2, 2, 1, 1]) };
      const attributes = { strides: 1, pad: 'valid', dilations: 2, inputShape: [1, 5, 5, 1] };
      const run = () => tf.engine().runKernel('DepthwiseConv2dNativeBackpropInput', inputs, attributes);
      expect(run).toThrow(/not implemented for these arguments/);
    });
  });
});
