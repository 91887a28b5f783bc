import { onEngines, tensorLeak, tf } from '@winnow/tensor';
import { distLoss } from './dist-loss';
import { goldenDifference } from './spec-support/golden-difference';
import { gradientError } from './spec-support/gradient-error';
import { logSoftmaxRow, normals, toRows } from './spec-support/loss-samples';
import { golden } from './spec-support/losses-golden';

const T = 4;
const student = normals('student', 12);
const teacher = normals('teacher', 12);
const matrix = (values: readonly number[], columns = 4) => tf.tensor2d([...values], [values.length / columns, columns]);
const partsOf = (s: readonly number[], t: readonly number[], temperature: number, columns = 4) =>
  tf.tidy(() => {
    const { inter, intra } = distLoss(matrix(s, columns), matrix(t, columns), temperature);
    return [inter.dataSync()[0] as number, intra.dataSync()[0] as number] as const;
  });

function correlation(a: readonly number[], b: readonly number[]): number {
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [p, q] = [a.map((value) => value - mean(a)), b.map((value) => value - mean(b))];
  const product = p.reduce((sum, value, at) => sum + value * (q[at] as number), 0);
  return product / Math.hypot(...p) / Math.hypot(...q);
}
const soften = (values: readonly number[]): number[][] =>
  toRows(values, 4).map((row) => logSoftmaxRow(row.map((z) => z / T)).map(Math.exp));
const transpose = (rows: readonly (readonly number[])[]): number[][] =>
  (rows[0] as number[]).map((_, column) => rows.map((row) => row[column] as number));
function naive(a: readonly (readonly number[])[], b: readonly (readonly number[])[]): number {
  const sum = a.reduce((total, row, at) => total + correlation(row, b[at] as number[]), 0);
  return T * T * (1 - sum / a.length);
}

onEngines(() => {
  describe('distLoss', () => {
    it('has its hand values: two classes are in step or against it', () => {
      // Softmax of (log 3, 0) is (3/4, 1/4).
      const [up, down] = [
        [Math.log(3), 0],
        [0, Math.log(3)],
      ] as const;
      const [inter, intra] = partsOf([...up, ...down], [...up, ...up], 1, 2);
      expect(inter).toBeCloseTo((0 + 2) / 2, 5);
      // The teacher's classes do not vary over the batch: no correlation.
      expect(intra).toBeCloseTo(1, 5);
      expect(partsOf([...up, ...down], [...down, ...up], 1, 2)[1]).toBeCloseTo(2, 5);
      // Logits twice as large at T = 2 are the same probabilities; T^2 = 4.
      const doubled = (...logits: readonly number[]) => logits.map((z) => 2 * z);
      expect(partsOf(doubled(...up, ...down), doubled(...up, ...up), 2, 2)[0]).toBeCloseTo(4, 4);
    });

    it('equals loops over images and classes', () => {
      const [p, q] = [soften(student), soften(teacher)];
      const [inter, intra] = partsOf(student, teacher, T);
      expect(inter).toBeCloseTo(naive(p, q), 4);
      expect(intra).toBeCloseTo(naive(transpose(p), transpose(q)), 4);
    });

    it('equals PyTorch, gradients included', () => {
      const input = tf.tensor2d(golden.student, golden.shape);
      const target = tf.tensor2d(golden.teacher, golden.shape);
      const { distInter, distIntra } = golden;
      const inter = (z: tf.Tensor2D) => distLoss(z, target, distInter.temperature).inter;
      const intra = (z: tf.Tensor2D) => distLoss(z, target, distIntra.temperature).intra;
      expect(goldenDifference(distInter, inter, [input])).toBeLessThan(2e-4);
      expect(goldenDifference(distIntra, intra, [input])).toBeLessThan(2e-4);
      tf.dispose([input, target]);
    });

    it('is zero where student and teacher agree up to a constant', () => {
      const shifted = teacher.map((z) => z + 2);
      for (const part of partsOf(shifted, teacher, T)) expect(part).toBeCloseTo(0, 4);
    });

    it('has the gradient of its finite differences', () => {
      expect(gradientError((z) => distLoss(z, matrix(teacher), T).inter, student, [3, 4])).toBeLessThan(1e-2);
      expect(gradientError((z) => distLoss(z, matrix(teacher), T).intra, student, [3, 4])).toBeLessThan(1e-2);
    });

    it('stays finite for one image, and for a class that never varies', () => {
      const gradient = (values: readonly number[], target: readonly number[]) =>
        tf.tidy(() => {
          const loss = (z: tf.Tensor) => {
            const { inter, intra } = distLoss(z as tf.Tensor2D, matrix(target), T);
            return tf.add(inter, intra);
          };
          return Array.from(tf.grad(loss)(matrix(values)).dataSync());
        });
      const one = student.slice(0, 4);
      expect(gradient(one, teacher.slice(0, 4)).every(Number.isFinite)).toBe(true);
      expect(partsOf(one, teacher.slice(0, 4), T)[1]).toBeCloseTo(T * T, 4);
      expect(gradient([...one, ...one, ...one], teacher).every(Number.isFinite)).toBe(true);
    });

    it('leaves no tensor behind', () => {
      expect(tensorLeak(() => partsOf(student, teacher, T))).toBe(0);
    });

    it('refuses other shapes, naming both', () => {
      expect(() => tf.tidy(() => distLoss(matrix(student), matrix(teacher.slice(0, 8)), T).inter)).toThrow(
        /distLoss.*\[3, 4\].*\[2, 4\]/,
      );
    });
  });
});
