import { onEngines, tensorLeak, tf } from '@winnow/tensor';
import { rotationLoss } from './rotation-loss';
import { gradientError } from './spec-support/gradient-error';
import { logSoftmaxRow, normals, toRows } from './spec-support/loss-samples';

const logits = normals('logits', 24);
const turns = [0, 1, 2, 3, 0, 2];
const valueOf = (values: readonly number[], quarterTurns: ArrayLike<number>): number =>
  tf.tidy(() => rotationLoss(tf.tensor2d([...values], [values.length / 4, 4]), quarterTurns).dataSync()[0] as number);

onEngines(() => {
  describe('rotationLoss', () => {
    it('is ln 4 for a head that knows nothing', () => {
      expect(valueOf([1, 1, 1, 1, 2, 2, 2, 2], [0, 3])).toBeCloseTo(Math.log(4), 6);
    });

    it('equals a loop over images', () => {
      const sum = toRows(logits, 4).reduce(
        (total, row, i) => total - (logSoftmaxRow(row)[turns[i] as number] as number),
        0,
      );
      expect(valueOf(logits, turns)).toBeCloseTo(sum / 6, 5);
    });

    it('does not depend on the order of the images', () => {
      expect(valueOf(toRows(logits, 4).reverse().flat(), [...turns].reverse())).toBeCloseTo(valueOf(logits, turns), 5);
    });

    it('has the gradient of its finite differences', () => {
      expect(gradientError((x) => rotationLoss(x, turns), logits, [6, 4])).toBeLessThan(2e-3);
    });

    it('leaves no tensor behind', () => {
      expect(tensorLeak(() => valueOf(logits, turns))).toBe(0);
    });

    it('refuses other lengths and turns', () => {
      expect(() => valueOf(logits, [0, 1])).toThrow(/\[6, 4\].*\[2, 4\]/);
      expect(() => valueOf(logits, [0, 1, 2, 3, 4, 0])).toThrow(/label 4/);
    });
  });
});
