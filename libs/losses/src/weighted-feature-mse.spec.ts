import { onEngines, tensorLeak, tf } from '@winnow/tensor';
import { featureMse } from './feature-mse';
import { goldenDifference } from './spec-support/golden-difference';
import { gradientError } from './spec-support/gradient-error';
import { normals, toRows } from './spec-support/loss-samples';
import { golden } from './spec-support/losses-golden';
import { weightedFeatureMse } from './weighted-feature-mse';

const [student, teacher] = [normals('student', 24), normals('teacher', 24)];
const maps = (values: readonly number[]) => tf.tensor4d([...values], [3, 2, 2, 2]);
const valueOf = (weights: readonly number[]): number =>
  tf.tidy(() => weightedFeatureMse(maps(student), maps(teacher), weights).dataSync()[0] as number);

onEngines(() => {
  describe('weightedFeatureMse', () => {
    it('has its hand value: images of error 4 and 1, weights 1/2 and 3', () => {
      const value = tf.tidy(
        () =>
        weightedFeatureMse(tf.tensor2d([[0, 0], [1, 1]]), tf.tensor2d([[2, -2], [0, 2]]), [0.5, 3]).dataSync()[0], // prettier-ignore
      );
      expect(value).toBeCloseTo((4 * 0.5 + 1 * 3) / 2, 6);
    });

    it('equals a loop over images; those of weight 0 do not count', () => {
      const errors = toRows(student, 8).map(
        (row, at) => row.reduce((sum, value, k) => sum + (value - (teacher[at * 8 + k] as number)) ** 2, 0) / 8,
      ) as [number, number, number];
      expect(valueOf([0.25, 0, 1])).toBeCloseTo((0.25 * errors[0] + errors[2]) / 2, 5);
      expect(valueOf([0, 0, 0])).toBe(0);
    });

    it('is the plain one with weights of one', () => {
      const plain = tf.tidy(() => featureMse(maps(student), maps(teacher)).dataSync()[0] as number);
      expect(valueOf([1, 1, 1])).toBeCloseTo(plain, 5);
    });

    it('equals PyTorch, gradients included', () => {
      const [input, target] = [tf.tensor2d(golden.student, golden.shape), tf.tensor2d(golden.teacher, golden.shape)];
      const loss = (x: tf.Tensor2D) => weightedFeatureMse(x, target, golden.weights);
      expect(goldenDifference(golden.weightedFeatureMse, loss, [input])).toBeLessThan(1e-4);
      tf.dispose([input, target]);
    });

    it('has the gradient of its finite differences', () => {
      const target = () => tf.tensor2d(teacher, [3, 8]);
      expect(gradientError((x) => weightedFeatureMse(x, target(), [0.25, 0, 1]), student, [3, 8])).toBeLessThan(5e-3);
    });

    it('leaves no tensor behind', () => {
      expect(tensorLeak(() => valueOf([1, 0, 1]))).toBe(0);
    });

    it('refuses other shapes and another number of weights', () => {
      expect(() => tf.tidy(() => weightedFeatureMse(maps(student), tf.zeros([3, 8]), [1, 1, 1]))).toThrow(/\[3, 8\]/);
      expect(() => valueOf([1, 1])).toThrow(/2 weights for 3 images/);
    });
  });
});
