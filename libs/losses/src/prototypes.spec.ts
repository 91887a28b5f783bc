import { onEngines, tensorLeak, tf } from '@winnow/tensor';
import { prototypes } from './prototypes';
import { gradientError } from './spec-support/gradient-error';
import { normals, toRows, unitRow } from './spec-support/loss-samples';

const features = normals('features', 18);
const labels = Int32Array.from([0, 2, 0, 2, 2, 0]);
const matrix = (values: readonly number[]) => tf.tensor2d([...values], [values.length / 3, 3]);
const valueOf = (values: readonly number[], classes: ArrayLike<number>): number[] =>
  tf.tidy(() => [...prototypes(matrix(values), classes, 3).dataSync()]);

onEngines(() => {
  describe('prototypes', () => {
    it('is the direction of the class mean', () => {
      const found = valueOf([1, 0, 0, 0, 1, 0, 0, 0, 5], [0, 0, 1]);
      const expected = [Math.SQRT1_2, Math.SQRT1_2, 0, 0, 0, 1, 0, 0, 0];
      found.forEach((value, index) => expect(value).toBeCloseTo(expected[index] as number, 6));
    });

    it('equals a loop over the classes, and a class without members is the zero vector', () => {
      const rows = toRows(features, 3);
      const found = toRows(valueOf(features, labels), 3);
      for (const k of [0, 2]) {
        const members = rows.filter((_, index) => labels[index] === k);
        const mean = [0, 1, 2].map(
          (axis) => members.reduce((sum, row) => sum + (row[axis] as number), 0) / members.length,
        );
        unitRow(mean).forEach((value, axis) => expect((found[k] as number[])[axis]).toBeCloseTo(value, 5));
      }
      expect(found[1]).toEqual([0, 0, 0]);
    });

    it('does not depend on the order of the images', () => {
      const turned = valueOf([...features.slice(3), ...features.slice(0, 3)], [2, 0, 2, 2, 0, 0]);
      valueOf(features, labels).forEach((value, index) => expect(turned[index]).toBeCloseTo(value, 5));
    });

    it('has the gradient of its finite differences', () => {
      const weights = tf.tensor2d(normals('weights', 9), [3, 3]);
      const weighted = (x: tf.Tensor2D) => tf.sum(tf.mul(prototypes(x, labels, 3), weights)) as tf.Scalar;
      expect(gradientError(weighted, features, [6, 3])).toBeLessThan(3e-3);
      weights.dispose();
    });

    it('leaves no tensor behind', () => {
      expect(tensorLeak(() => valueOf(features, labels))).toBe(0);
    });

    it('refuses other lengths and labels outside the classes', () => {
      expect(() => valueOf(features, [0, 1])).toThrow(/\[6\].*\[2\]/);
      expect(() => valueOf(features, [0, 1, 2, 3, 0, 1])).toThrow(/label 3 of row 3/);
    });
  });
});
