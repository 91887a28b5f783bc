import { onEngines, tensorLeak, tf } from '@winnow/tensor';
import { mixPrototypeLoss } from './mix-prototype-loss';
import { gradientError } from './spec-support/gradient-error';
import { distributions, dot, logSoftmaxRow, normals, toRows, unitRow } from './spec-support/loss-samples';

const embeddings = toRows(normals('embeddings', 12), 3).map(unitRow);
const centres = toRows(normals('prototypes', 15), 3).map(unitRow);
const soft = distributions('labels', 4, 5);
const valueOf = (x: number[][], c: number[][], y: readonly number[]): number =>
  tf.tidy(() => {
    const labels = tf.tensor2d([...y], [x.length, c.length]);
    return mixPrototypeLoss(tf.tensor2d(x), tf.tensor2d(c), labels).dataSync()[0] as number;
  });

onEngines(() => {
  describe('mixPrototypeLoss', () => {
    it('has its hand value: on its own of two orthogonal prototypes, ln(1 + e^(-1/.3))', () => {
      expect(
        valueOf(
          [[1, 0]],
          [
            [1, 0],
            [0, 1],
          ],
          [1, 0],
        ),
      ).toBeCloseTo(Math.log(1 + Math.exp(-1 / 0.3)), 6);
    });

    it('equals a loop over images and prototypes', () => {
      const labels = toRows(soft, 5);
      let sum = 0;
      embeddings.forEach((embedding, image) => {
        const logs = logSoftmaxRow(centres.map((centre) => dot(embedding, centre) / 0.3));
        logs.forEach((log, k) => (sum -= log * ((labels[image] as number[])[k] as number)));
      });
      expect(valueOf(embeddings, centres, soft)).toBeCloseTo(sum / 4, 5);
    });

    it('does not depend on how the classes are numbered', () => {
      const reversedLabels = toRows(soft, 5).flatMap((row) => row.reverse());
      expect(valueOf(embeddings, [...centres].reverse(), reversedLabels)).toBeCloseTo(
        valueOf(embeddings, centres, soft),
        5,
      );
    });

    it('has the gradient of its finite differences', () => {
      const loss = (x: tf.Tensor2D) => mixPrototypeLoss(x, tf.tensor2d(centres), tf.tensor2d(soft, [4, 5]));
      expect(gradientError(loss, embeddings.flat(), [4, 3])).toBeLessThan(5e-3);
    });

    it('leaves no tensor behind', () => {
      expect(tensorLeak(() => valueOf(embeddings, centres, soft))).toBe(0);
    });

    it('refuses prototypes of another width and labels of other classes', () => {
      expect(() => valueOf(embeddings, [[1, 0]], [1, 1, 1, 1])).toThrow(/\[4, 3\].*\[1, 2\]/);
      expect(() =>
        tf.tidy(() => mixPrototypeLoss(tf.tensor2d(embeddings), tf.tensor2d(centres), tf.zeros([4, 2]))),
      ).toThrow(/\[4, 5\].*\[4, 2\]/);
    });
  });
});
