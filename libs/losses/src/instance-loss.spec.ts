import { onEngines, tensorLeak, tf } from '@winnow/tensor';
import { instanceLoss } from './instance-loss';
import { gradientError } from './spec-support/gradient-error';
import { dot, normals, toRows, unitRow } from './spec-support/loss-samples';

const student = toRows(normals('student', 12), 3);
const teacher = toRows(normals('teacher', 12), 3);
const valueOf = (s: number[][], t: number[][]): number =>
  tf.tidy(() => instanceLoss(tf.tensor2d(s), tf.tensor2d(t)).dataSync()[0] as number);

/** -log of the positive's share among the positive and all features of other images, anchor by anchor. */
function naive(s: number[][], t: number[][], temperature: number): number {
  const banks = [s.map(unitRow), t.map(unitRow)] as const;
  let total = 0;
  for (const own of [0, 1] as const) {
    banks[own].forEach((anchor, image) => {
      const positive = Math.exp(dot(anchor, banks[1 - own]![image]!) / temperature);
      let negatives = 0;
      for (const bank of banks) {
        bank.forEach((other, index) => (negatives += index === image ? 0 : Math.exp(dot(anchor, other) / temperature)));
      }
      total -= Math.log(positive / (positive + negatives));
    });
  }
  return total / (2 * s.length);
}

onEngines(() => {
  describe('instanceLoss', () => {
    it('has its hand value: two orthogonal images, equal features: ln(1 + 2 e^(-1/.3))', () => {
      const both = [
        [2, 0],
        [0, 5],
      ];
      expect(valueOf(both, both)).toBeCloseTo(Math.log(1 + 2 * Math.exp(-1 / 0.3)), 6);
    });

    it('equals a loop over anchors and negatives', () => {
      expect(valueOf(student, teacher)).toBeCloseTo(naive(student, teacher, 0.3), 5);
    });

    it('is symmetric in the two banks and ignores order and scale', () => {
      const value = valueOf(student, teacher);
      expect(valueOf(teacher, student)).toBeCloseTo(value, 5);
      expect(valueOf([...student].reverse(), [...teacher].reverse())).toBeCloseTo(value, 5);
      expect(
        valueOf(
          student.map((row) => row.map((x) => 3 * x)),
          teacher,
        ),
      ).toBeCloseTo(value, 5);
    });

    it('is 0 for a batch of one, which has no negatives', () => {
      expect(valueOf([[1, 2, 3]], [[3, 2, 1]])).toBeCloseTo(0, 6);
    });

    it('stays finite with a dead feature', () => {
      expect(valueOf([[0, 0, 0], ...student.slice(1)], teacher)).toEqual(expect.any(Number));
      expect(Number.isFinite(valueOf([[0, 0, 0], ...student.slice(1)], teacher))).toBe(true);
    });

    it('has the gradient of its finite differences', () => {
      const loss = (x: tf.Tensor2D) => instanceLoss(x, tf.tensor2d(teacher));
      expect(gradientError(loss, student.flat(), [4, 3])).toBeLessThan(1e-2);
    });

    it('leaves no tensor behind', () => {
      expect(tensorLeak(() => valueOf(student, teacher))).toBe(0);
    });

    it('refuses other shapes, naming both', () => {
      expect(() => valueOf(student, teacher.slice(1))).toThrow(/instanceLoss.*\[4, 3\].*\[3, 3\]/);
    });
  });
});
