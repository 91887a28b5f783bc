import { onEngines, tensorLeak, tf } from '@winnow/tensor';
import { featureMse } from './feature-mse';
import { gradientError } from './spec-support/gradient-error';
import { normals } from './spec-support/loss-samples';

const student = normals('student', 24);
const teacher = normals('teacher', 24);
const map = (values: readonly number[]) => tf.tensor4d([...values], [2, 2, 2, 3]);
const valueOf = (s: readonly number[], t: readonly number[]): number =>
  tf.tidy(() => featureMse(map(s), map(t)).dataSync()[0] as number);

onEngines(() => {
  describe('featureMse', () => {
    it('is the mean over all elements: (1 + 4 + 0 + 9) / 4', () => {
      const value = tf.tidy(
        () =>
          featureMse(
            tf.tensor2d([
              [1, 2],
              [3, 4],
            ]),
            tf.tensor2d([
              [0, 4],
              [3, 1],
            ]),
          ).dataSync()[0],
      );
      expect(value).toBeCloseTo(3.5, 6);
    });

    it('equals a loop on feature maps and does not care which comes first', () => {
      const sum = student.reduce((total, value, index) => total + (value - (teacher[index] as number)) ** 2, 0);
      expect(valueOf(student, teacher)).toBeCloseTo(sum / 24, 5);
      expect(valueOf(teacher, student)).toBeCloseTo(valueOf(student, teacher), 6);
    });

    it('has the gradient of its finite differences', () => {
      const target = () => tf.tensor2d(teacher, [4, 6]);
      expect(gradientError((x) => featureMse(x, target()), student, [4, 6])).toBeLessThan(1e-3);
    });

    it('leaves no tensor behind', () => {
      expect(tensorLeak(() => valueOf(student, teacher))).toBe(0);
    });

    it('refuses to broadcast', () => {
      expect(() => tf.tidy(() => featureMse(tf.zeros([2, 3]), tf.zeros([1, 3])))).toThrow(/\[2, 3\].*\[1, 3\]/);
    });
  });
});
