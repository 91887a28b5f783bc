import { onEngines, tensorLeak, tf } from '@winnow/tensor';
import { kdLoss } from './kd-loss';
import { gradientError } from './spec-support/gradient-error';
import { logSoftmaxRow, normals, toRows } from './spec-support/loss-samples';

const student = normals('student', 12);
const teacher = normals('teacher', 12);
const matrix = (values: readonly number[]) => tf.tensor2d([...values], [values.length / 4, 4]);
const valueOf = (s: readonly number[], t: readonly number[], temperature: number): number =>
  tf.tidy(() => kdLoss(matrix(s), matrix(t), temperature).dataSync()[0] as number);

onEngines(() => {
  describe('kdLoss', () => {
    it('has its hand value: teacher (3/4, 1/4) against uniform at T = 1, times 4 at T = 2', () => {
      const logits = (temperature: number) => tf.tensor2d([[temperature * Math.log(3), 0]]);
      const uniform = tf.tensor2d([[5, 5]]);
      const byHand = 0.75 * Math.log(1.5) + 0.25 * Math.log(0.5);
      expect(tf.tidy(() => kdLoss(uniform, logits(1), 1).dataSync()[0])).toBeCloseTo(byHand, 6);
      expect(tf.tidy(() => kdLoss(uniform, logits(2), 2).dataSync()[0])).toBeCloseTo(4 * byHand, 6);
      uniform.dispose();
    });

    it('equals a loop over images and classes', () => {
      const T = 4;
      const studentRows = toRows(student, 4).map((row) => logSoftmaxRow(row.map((z) => z / T)));
      const teacherRows = toRows(teacher, 4).map((row) => logSoftmaxRow(row.map((z) => z / T)));
      let sum = 0;
      teacherRows.forEach((row, image) =>
        row.forEach((log, k) => (sum += Math.exp(log) * (log - ((studentRows[image] as number[])[k] as number)))),
      );
      expect(valueOf(student, teacher, T)).toBeCloseTo((T * T * sum) / 3, 5);
    });

    it('is zero exactly where student and teacher agree up to a constant, positive elsewhere', () => {
      const shifted = teacher.map((z) => z - 3);
      expect(valueOf(shifted, teacher, 4)).toBeCloseTo(0, 5);
      expect(valueOf(student, teacher, 4)).toBeGreaterThan(0);
    });

    it('does not depend on the order of the images', () => {
      const turn = (values: readonly number[]) => [...values.slice(4), ...values.slice(0, 4)];
      expect(valueOf(turn(student), turn(teacher), 4)).toBeCloseTo(valueOf(student, teacher, 4), 4);
    });

    it('has the gradient of its finite differences', () => {
      expect(gradientError((z) => kdLoss(z, matrix(teacher), 4), student, [3, 4])).toBeLessThan(5e-3);
    });

    it('leaves no tensor behind', () => {
      expect(tensorLeak(() => valueOf(student, teacher, 4))).toBe(0);
    });

    it('refuses other shapes, naming both', () => {
      expect(() => tf.tidy(() => kdLoss(matrix(student), matrix(teacher.slice(0, 8)), 4))).toThrow(
        /kdLoss.*\[3, 4\].*\[2, 4\]/,
      );
    });
  });
});
