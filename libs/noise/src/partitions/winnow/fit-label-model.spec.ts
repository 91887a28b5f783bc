import { generatedPool } from '../../spec-support/generated-pool';
import { fitLabelModel, fitWinnowSplit, LABEL_MODEL, splitOf } from './winnow-split';

describe('fitLabelModel', () => {
  it.each([7, 100])(
    'gives the split of winnow, and class posteriors that add up to it, for %p classes',
    (classCount) => {
      const { input } = generatedPool({ classCount, count: 900, closed: 0.2, open: 0.3, seed: 3 });
      const { split, classPosteriors, labelLogLikelihoods } = fitLabelModel(input);
      expect(split).toEqual(splitOf(fitWinnowSplit(input, LABEL_MODEL).posteriors));
      input.labels.forEach((label, row) => {
        const own = classPosteriors.subarray(row * classCount, (row + 1) * classCount);
        const [clean, closed] = split.probabilities.subarray(row * 3, row * 3 + 2);
        expect(own[label]).toBeCloseTo(clean as number, 6);
        expect(own.reduce((sum, value) => sum + value, 0)).toBeCloseTo((clean as number) + (closed as number), 5);
        const others = own.map((value, k) => (k === label ? -1 : value));
        expect(others[split.refinedLabels[row] as number]).toBe(Math.max(...others));
      });
      expect(labelLogLikelihoods.every((value) => value < 0 && Number.isFinite(value))).toBe(true);
    },
  );

  it('finds labels likelier under a teacher that knows more', () => {
    const mean = (spread: number): number => {
      const { input } = generatedPool({ classCount: 5, count: 1200, closed: 0.2, open: 0, spread, seed: 4 });
      return fitLabelModel(input).labelLogLikelihoods.reduce((sum, value) => sum + value / 1200, 0);
    };
    expect(mean(0.3)).toBeGreaterThan(mean(0.6));
  });
});
