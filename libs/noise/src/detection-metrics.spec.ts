import fc from 'fast-check';
import { areaUnderRoc, falsePositiveRateAtRecall } from './detection-metrics';
import { golden } from './spec-support/golden';

/** Counts pairs: 1 for a win of the positive, a half for a tie. */
function naive(scores: readonly number[], positive: readonly boolean[]): number | null {
  let pairs = 0;
  let wins = 0;
  scores.forEach((score, i) =>
    scores.forEach((other, j) => {
      if (!positive[i] || positive[j]) return;
      pairs += 1;
      wins += score > other ? 1 : Number(score === other) / 2;
    }),
  );
  return pairs === 0 ? null : wins / pairs;
}

describe('areaUnderRoc', () => {
  it('has its hand values: perfect, reversed, and one of two pairs won', () => {
    expect(areaUnderRoc([1, 2, 3], [false, true, true])).toBe(1);
    expect(areaUnderRoc([3, 2, 1], [false, true, true])).toBe(0);
    expect(areaUnderRoc([1, 2, 3], [false, true, false])).toBe(0.5);
    expect(areaUnderRoc([7, 7, 7], [false, true, false])).toBe(0.5);
  });

  it('refuses a score that is not a number, in place of an answer or an endless loop', () => {
    expect(() => areaUnderRoc([1, NaN, 2], [true, false, true])).toThrow('image 1');
  });

  it.each(golden.rankings)('agrees with scikit-learn: $name', ({ scores, positive, auroc }) => {
    expect(areaUnderRoc(scores, positive)).toBeCloseTo(auroc, 12);
  });

  it('equals a count over all pairs, ties included', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.integer({ min: 0, max: 5 }), fc.boolean()), { maxLength: 30 }), (items) => {
        const scores = items.map(([score]) => score);
        const positive = items.map(([, flag]) => flag);
        const found = areaUnderRoc(scores, positive);
        const expected = naive(scores, positive);
        return expected === null ? found === null : Math.abs((found as number) - expected) < 1e-12;
      }),
    );
  });
});

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
