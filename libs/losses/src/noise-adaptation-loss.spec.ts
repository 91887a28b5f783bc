import { onEngines, tensorLeak, tf } from '@winnow/tensor';
import { classOneHot } from './class-one-hot';
import { crossEntropy } from './cross-entropy';
import { noiseAdaptationLoss } from './noise-adaptation-loss';
import { goldenDifference } from './spec-support/golden-difference';
import { gradientError } from './spec-support/gradient-error';
import { logSoftmaxRow, normals, toRows } from './spec-support/loss-samples';
import { golden } from './spec-support/losses-golden';

const logits = normals('student', 12);
const off = normals('matrix', 16);
const labels = [2, 0, 3];
const diagonal = 0.7;
const square = (values: readonly number[], side = 4) => tf.tensor2d([...values], [side, side]);
const rows = (values: readonly number[], columns = 4) => tf.tensor2d([...values], [values.length / columns, columns]);
const valueOf = (z: readonly number[], fraction: number): number =>
  tf.tidy(
    () =>
      noiseAdaptationLoss(rows(z), classOneHot(labels, 4), {
        matrix: square(off),
        diagonal: fraction,
      }).dataSync()[0] as number,
  );

/** Q_kj as a sum over the other classes of its row. */
function entry(row: number, column: number): number {
  if (row === column) return diagonal;
  const others = [0, 1, 2, 3].filter((k) => k !== row).map((k) => Math.exp(off[row * 4 + k] as number));
  return ((1 - diagonal) * Math.exp(off[row * 4 + column] as number)) / others.reduce((sum, value) => sum + value, 0);
}

onEngines(() => {
  describe('noiseAdaptationLoss', () => {
    it('has its hand value: two classes at (3/4, 1/4), right nine times in ten', () => {
      const given = 0.75 * 0.9 + 0.25 * 0.1;
      const value = tf.tidy(
        () =>
          noiseAdaptationLoss(tf.tensor2d([[Math.log(3), 0]]), classOneHot([0], 2), {
            matrix: square([5, 1, -2, 9], 2),
            diagonal: 0.9,
          }).dataSync()[0],
      );
      expect(value).toBeCloseTo(-Math.log(given), 5);
    });

    it('equals a loop over images and classes', () => {
      const sum = toRows(logits, 4).reduce((total, row, image) => {
        const label = labels[image] as number;
        const p = logSoftmaxRow(row).map(Math.exp);
        return total - Math.log(p.reduce((given, fraction, k) => given + fraction * entry(k, label), 0));
      }, 0);
      expect(valueOf(logits, diagonal)).toBeCloseTo(sum / 3, 5);
    });

    it('equals PyTorch, gradients included', () => {
      const { shape, student, teacher, matrix, noiseAdaptation } = golden;
      const [input, weights] = [tf.tensor2d(student, shape), square(matrix, shape[1])];
      const best = toRows(teacher, shape[1]).map((row) => row.indexOf(Math.max(...row)));
      const loss = (z: tf.Tensor2D, w: tf.Tensor2D) =>
        noiseAdaptationLoss(z, classOneHot(best, shape[1]), { matrix: w, diagonal: noiseAdaptation.diagonal });
      expect(goldenDifference(noiseAdaptation, loss, [input, weights])).toBeLessThan(1e-5);
      tf.dispose([input, weights]);
    });

    it('is cross-entropy where the teacher never errs, and with a single class nothing', () => {
      const plain = tf.tidy(() => crossEntropy(rows(logits), classOneHot(labels, 4)).dataSync()[0] as number);
      expect(valueOf(logits, 1)).toBeCloseTo(plain, 5);
      const single = { matrix: square([3], 1), diagonal: 0.4 };
      const alone = tf.tidy(() => noiseAdaptationLoss(rows([1, 2], 1), classOneHot([0, 0], 1), single).dataSync()[0]);
      expect(alone).toBeCloseTo(0, 6);
    });

    it('has the gradients of its finite differences', () => {
      const targets = () => classOneHot(labels, 4);
      const byLogits = (z: tf.Tensor2D) => noiseAdaptationLoss(z, targets(), { matrix: square(off), diagonal });
      const byMatrix = (w: tf.Tensor2D) => noiseAdaptationLoss(rows(logits), targets(), { matrix: w, diagonal });
      expect(gradientError(byLogits, logits, [3, 4])).toBeLessThan(5e-3);
      expect(gradientError(byMatrix, off, [4, 4])).toBeLessThan(5e-3);
    });

    it('leaves no tensor behind', () => {
      expect(tensorLeak(() => valueOf(logits, diagonal))).toBe(0);
    });

    it('refuses other shapes, naming both', () => {
      const matrix = () => square(off.slice(0, 9), 3);
      expect(() =>
        tf.tidy(() => noiseAdaptationLoss(rows(logits), classOneHot(labels, 4), { matrix: matrix(), diagonal })),
      ).toThrow(/noiseAdaptationLoss.*\[3, 3\].*\[4, 4\]/);
    });
  });
});
