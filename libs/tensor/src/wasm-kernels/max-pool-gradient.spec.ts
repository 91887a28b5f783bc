import * as tf from '@tensorflow/tfjs';

import { defaultCacheDir } from '@winnow/files/native';
import { startEngine } from '../engines/start-engine';

describe('max pooling gradient on wasm', () => {
  beforeAll(() => startEngine('wasm', { cacheDir: defaultCacheDir(process.env), log: () => undefined }));

  it('goes to the first of equal values, and finds negative ones', () => {
    tf.tidy(() => {
      const x = tf.tensor4d([-1, -1, -3, -2, -2, -2], [1, 2, 3, 1]);
      const y = (input: tf.Tensor) =>
        tf.maxPool(input as tf.Tensor4D, 2, 1, 'valid').mul(tf.tensor([5, 7]).reshape([1, 1, 2, 1]));
      expect([...tf.grad(y)(x).dataSync()]).toEqual([5, 7, 0, 0, 0, 0]);
    });
  });
});
