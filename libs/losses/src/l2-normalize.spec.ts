import { onEngines, tensorLeak, tf } from '@winnow/tensor';
import { l2Normalize } from './l2-normalize';
import { gradientError } from './spec-support/gradient-error';
import { normals } from './spec-support/loss-samples';

const values = normals('vectors', 12);
const weights = normals('weights', 12);
const weighted = (x: tf.Tensor2D) => tf.sum(tf.mul(l2Normalize(x), tf.tensor2d(weights, [3, 4]))) as tf.Scalar;

onEngines(() => {
  describe('l2Normalize', () => {
    it('turns (3, 4) into (.6, .8), whatever its scale', () => {
      for (const scale of [1e-6, 1, 1e6]) {
        const [x, y] = tf.tidy(() => l2Normalize(tf.tensor2d([[3 * scale, 4 * scale]])).dataSync());
        expect(x).toBeCloseTo(0.6, 5);
        expect(y).toBeCloseTo(0.8, 5);
      }
    });

    it('keeps zero rows at zero, with a zero gradient', () => {
      const gradient = tf.tidy(() => {
        const x = tf.tensor2d([...new Array(4).fill(0), ...values.slice(4)], [3, 4]);
        expect([...l2Normalize(x).dataSync().slice(0, 4)]).toEqual([0, 0, 0, 0]);
        return tf
          .grad((at: tf.Tensor) => weighted(at as tf.Tensor2D))(x)
          .dataSync();
      });
      expect([...gradient.slice(0, 4)].map(Math.abs)).toEqual([0, 0, 0, 0]);
      expect(gradient.every(Number.isFinite)).toBe(true);
    });

    it('has the gradient of its finite differences', () => {
      expect(gradientError(weighted, values, [3, 4])).toBeLessThan(3e-3);
    });

    it('leaves no tensor behind', () => {
      expect(tensorLeak(() => tf.tidy(() => void l2Normalize(tf.tensor2d(values, [3, 4]))))).toBe(0);
    });
  });
});
