import fc from 'fast-check';
import { falsePositiveRateAtRecall } from './false-positive-rate-at-recall';
import { golden } from './golden';

describe('falsePositiveRateAtRecall', () => {
  it('has its hand values: two positives at .9 and .5, negatives at .7 and .1', () => {
    const scores = [0.9, 0.5, 0.7, 0.1];
    const positive = [true, true, false, false];
    expect(falsePositiveRateAtRecall(scores, positive, 0.5)).toBe(0);
    expect(falsePositiveRateAtRecall(scores, positive, 0.95)).toBe(0.5);
  });

  it.each(golden.rankings)('agrees with scikit-learn: $name', ({ scores, positive, falsePositiveRateAt95 }) => {
    expect(falsePositiveRateAtRecall(scores, positive, 0.95)).toBeCloseTo(falsePositiveRateAt95, 12);
  });

  it('may miss exactly one positive in twenty', () => {
    const scores = [...Array.from({ length: 19 }, () => 1), 0, 0.5];
    const positive = [...Array.from({ length: 20 }, () => true), false];
    expect(falsePositiveRateAtRecall(scores, positive, 0.95)).toBe(0);
    expect(falsePositiveRateAtRecall(scores, positive, 1)).toBe(1);
  });

  it('counts negatives that tie with the threshold', () => {
    expect(falsePositiveRateAtRecall([1, 1, 0], [true, false, false], 0.95)).toBe(0.5);
  });

  it('is null without positives or negatives, and never falls as recall grows', () => {
    expect(falsePositiveRateAtRecall([1], [true], 0.95)).toBeNull();
    expect(falsePositiveRateAtRecall([1], [false], 0.95)).toBeNull();
    const items = fc.array(fc.tuple(fc.integer({ min: 0, max: 9 }), fc.boolean()), { minLength: 1 });
    fc.assert(
      fc.property(items, (list) => {
        const at = (recall: number) =>
          falsePositiveRateAtRecall(
            list.map(([score]) => score),
            list.map(([, flag]) => flag),
            recall,
          );
        return at(0.5) === null || (at(0.5) as number) <= (at(0.95) as number);
      }),
    );
  });
});
