import * as tf from '@tensorflow/tfjs';

import { defaultCacheDir } from '@winnow/files/native';
import { startEngine } from '../engines/start-engine';
import { tensorLeak } from '../engines/tensor-checks';

const options = { cacheDir: defaultCacheDir(process.env), log: () => undefined };

const CASES: readonly { shape: number[]; axes: number | number[] }[] = [
  { shape: [3, 5, 7, 2], axes: [0, 1, 2] },
  { shape: [3, 5, 7, 2], axes: [2, 0, 1] },
  { shape: [3, 5, 7, 2], axes: [0] },
  { shape: [3, 5, 7, 2], axes: [1, 2] },
  { shape: [3, 5, 7, 2], axes: -1 },
  { shape: [4, 3], axes: 0 },
  { shape: [4, 3], axes: [0, 1] },
  { shape: [6], axes: 0 },
];

function results({ shape, axes }: (typeof CASES)[number]): { shape: number[]; values: ArrayLike<number> }[] {
  return tf.tidy(() => {
    const x = tf.randomNormal(shape, 1, 2, 'float32', 1);
    const found = [x.sum(axes), x.sum(axes, true), x.mean(axes), x.mean(axes, true), x.toInt().sum(axes)];
    return found.map((tensor) => ({ shape: tensor.shape, values: tensor.dataSync() }));
  });
}

describe('sums and means on wasm', () => {
  it.each(CASES)('equal those of the cpu engine for %j', async (example) => {
    await startEngine('cpu', options);
    const expected = results(example);
    await startEngine('wasm', options);
    const actual = results(example);
    expected.forEach(({ shape, values }, index) => {
      expect(actual[index]?.shape).toEqual(shape);
      Array.from(values).forEach((value, place) => expect(actual[index]?.values[place]).toBeCloseTo(value, 4));
    });
    expect(tensorLeak(() => void results(example))).toBe(0);
  });

  it('have gradients', () => {
    tf.tidy(() => {
      const gradient = tf.grad((x) => x.mean([0, 1]).square().sum());
      expect([...gradient(tf.tensor3d([1, 2, 3, 4], [2, 1, 2])).dataSync()]).toEqual([2, 3, 2, 3]);
    });
  });
});
