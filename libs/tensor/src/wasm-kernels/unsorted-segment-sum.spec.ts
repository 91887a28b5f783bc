import * as tf from '@tensorflow/tfjs';

import { defaultCacheDir } from '@winnow/files/native';
import { startEngine } from '../engines/start-engine';
import { tensorLeak } from '../engines/tensor-checks';

describe('unsortedSegmentSum on wasm', () => {
  beforeAll(() => startEngine('wasm', { cacheDir: defaultCacheDir(process.env), log: () => undefined }));

  it('sums rows by segment, and leaves an empty one at zero', () => {
    tf.tidy(() => {
      const x = tf.tensor2d([
        [1, 2],
        [3, 4],
        [5, 6],
      ]);
      const sums = tf.unsortedSegmentSum(x, tf.tensor1d([2, 0, 2], 'int32'), 4);
      expect(sums.arraySync()).toEqual([
        [3, 4],
        [0, 0],
        [6, 8],
        [0, 0],
      ]);
    });
  });

  it('gives gather a gradient', () => {
    const x = tf.tensor1d([1, 2, 3]);
    const indices = tf.tensor1d([0, 2, 0], 'int32');
    const gradient = tf.grad((values) => values.gather(indices).square().sum());
    tf.tidy(() => expect([...gradient(x).dataSync()]).toEqual([4, 0, 6]));
    expect(tensorLeak(() => gradient(x).dispose())).toBe(0);
    tf.dispose([x, indices]);
  });
});
