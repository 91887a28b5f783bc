import { onEngines, tensorLeak, tf } from '@winnow/tensor';
import { crossEntropy } from './cross-entropy';
import { gradientError } from './spec-support/gradient-error';
import { distributions, logSoftmaxRow, normals, toRows } from './spec-support/loss-samples';

const logits = normals('logits', 15);
const soft = distributions('targets', 3, 5);
const matrix = (values: readonly number[], columns: number) =>
  tf.tensor2d([...values], [values.length / columns, columns]);
const valueOf = (z: readonly number[], targets: readonly number[], columns: number): number =>
  tf.tidy(() => crossEntropy(matrix(z, columns), matrix(targets, columns)).dataSync()[0] as number);

onEngines(() => {
  describe('crossEntropy', () => {
    it('is ln 2 for two equal logits', () => {
      expect(valueOf([3, 3], [1, 0], 2)).toBeCloseTo(Math.LN2, 6);
    });

    it('averages over the batch: ln(1 + e^-2) right and 2 more wrong', () => {
      const right = Math.log(1 + Math.exp(-2));
      expect(valueOf([2, 0, 2, 0], [1, 0, 0, 1], 2)).toBeCloseTo((right + right + 2) / 2, 6);
    });

    it('equals a loop over images and classes', () => {
      const targets = toRows(soft, 5);
      const perImage = toRows(logits, 5).map((row, image) =>
        logSoftmaxRow(row).reduce((sum, value, k) => sum - value * ((targets[image] as number[])[k] as number), 0),
      );
      expect(valueOf(logits, soft, 5)).toBeCloseTo((perImage[0]! + perImage[1]! + perImage[2]!) / 3, 5);
    });

    it('does not overflow on huge logits', () => {
      expect(valueOf([1e4, -1e4], [1, 0], 2)).toBeCloseTo(0, 6);
      expect(valueOf([1e4, -1e4], [0, 1], 2)).toBeCloseTo(2e4, 0);
    });

    it('does not change when a constant is added to all logits', () => {
      expect(
        valueOf(
          logits.map((z) => z + 7),
          soft,
          5,
        ),
      ).toBeCloseTo(valueOf(logits, soft, 5), 5);
    });

    it('has the gradient of its finite differences, (softmax - t) / batch', () => {
      expect(gradientError((z) => crossEntropy(z, matrix(soft, 5)), logits, [3, 5])).toBeLessThan(2e-3);
    });

    it('leaves no tensor behind', () => {
      expect(tensorLeak(() => valueOf(logits, soft, 5))).toBe(0);
    });

    it('refuses other shapes, naming both', () => {
      const call = () => tf.tidy(() => crossEntropy(matrix(logits, 5), matrix(soft, 3)));
      expect(call).toThrow(/crossEntropy.*\[3, 5\].*\[5, 3\]/);
      expect(call).toThrow(expect.objectContaining({ code: 'SHAPE_MISMATCH' }));
    });
  });
});
