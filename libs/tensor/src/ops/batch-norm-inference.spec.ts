import * as tf from '@tensorflow/tfjs';

import { batchNormInference } from './batch-norm';
import { numericGradient, tensorLeak } from '../engines/tensor-checks';
import { onEngines } from '../engines/on-engines';

onEngines(() => {
  const statistics = () =>
    [tf.tensor1d([2, -1]), tf.tensor1d([0.5, 0]), tf.tensor1d([1, 3]), tf.tensor1d([4, 0.25]), 0] as const;

  it('is (x - mean) / sqrt(variance) * gamma + beta, by channel', () => {
    tf.tidy(() => {
      const y = batchNormInference(tf.tensor4d([3, 3, -1, 4], [1, 1, 2, 2]), ...statistics());
      [2.5, 0, -1.5, -2].forEach((value, index) => expect(y.dataSync()[index]).toBeCloseTo(value, 5));
    });
  });

  it('has the gradient of finite differences and leaves nothing behind', () => {
    tf.tidy(() => {
      const x = tf.tensor4d([3, 3, -1, 4], [2, 1, 1, 2]);
      const given = statistics();
      const loss = (at: tf.Tensor) =>
        batchNormInference(at as tf.Tensor4D, ...given)
          .square()
          .sum();
      const slopes = numericGradient(loss, x, 0.01).dataSync();
      tf.grad(loss)(x)
        .dataSync()
        .forEach((value, index) => expect(value).toBeCloseTo(slopes[index] as number, 2));
      expect(tensorLeak(() => tf.grad(loss)(x).dispose())).toBe(0);
    });
  });
});
