import { accuracy, agreement, calibrationError, perClassAccuracy, predictedClasses } from './classification-metrics';

const scores = (rows: readonly (readonly number[])[]) => ({
  count: rows.length,
  classCount: rows[0]?.length ?? 0,
  logits: Float32Array.from(rows.flat()),
});
const three = scores([
  [2, 1, 0],
  [0, 3, 3],
  [0, 0, 1],
  [5, 0, 0],
]);

describe('classification metrics', () => {
  it('take the first of the largest logits', () => {
    expect([...predictedClasses(three)]).toEqual([0, 1, 2, 0]);
  });

  it('count what is right, over all and by class', () => {
    expect(accuracy(three, [0, 1, 1, 0])).toBe(0.75);
    expect(perClassAccuracy(three, [0, 1, 1, 0], ['a', 'b', 'c'])).toEqual({ a: 1, b: 0.5 });
  });

  it('compare two networks', () => {
    const other = scores([
      [9, 0, 0],
      [1, 0, 0],
      [0, 0, 1],
      [0, 1, 0],
    ]);
    expect(agreement(three, other)).toBe(0.5);
  });

  it('measure calibration by bins of confidence', () => {
    // Confidences 1/2 (two rows, one right) and 3/4 (two rows, both right): 1/2 * 0 + 1/2 * 1/4.
    const logits = scores([
      [0, 0],
      [0, 0],
      [Math.log(3), 0],
      [Math.log(3), 0],
    ]);
    expect(calibrationError(logits, [0, 1, 0, 0], 10)).toBeCloseTo(0.125, 6);
    expect(calibrationError(scores([[50, 0]]), [0])).toBeCloseTo(0, 6);
  });
});
