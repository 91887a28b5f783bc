import * as tf from '@tensorflow/tfjs';

import { onEngines } from '../engines/on-engines';
import { relu } from './activation';
import { tensorLeak } from '../engines/tensor-checks';

onEngines(() => {
  const gradient = tf.grad((x) => relu(x).square().sum());

  it('is max(x, 0), of any rank', () => {
    tf.tidy(() => {
      expect([...relu(tf.tensor2d([-1, 0, 2, -0.5], [2, 2])).dataSync()]).toEqual([0, 0, 2, 0]);
      expect(relu(tf.zeros([2, 3, 1, 2])).shape).toEqual([2, 3, 1, 2]);
    });
  });

  it('has the gradient 0 up to 0 and dy above', () => {
    tf.tidy(() => expect([...gradient(tf.tensor1d([-3, 0, 0.5, 2])).dataSync()]).toEqual([0, 0, 1, 4]));
  });

  it('leaves no tensor behind', () => {
    const x = tf.tensor1d([-1, 2]);
    expect(tensorLeak(() => gradient(x).dispose())).toBe(0);
    expect(tensorLeak(() => relu(x).dispose())).toBe(0);
    x.dispose();
  });
});
