import { SeededRandom } from '@winnow/random';
import { generatedPool } from '../spec-support/generated-pool';
import type { SplitInput } from '../split';
import { NO_CLASS, splitQuality } from '../split-quality';
import { SPLITS } from '../splits';
import { agreementSplit } from './agreement';
import { winnowSplit } from './winnow/winnow-split';
import { withOutside } from './with-outside';

const SHAPE = { classCount: 10, count: 600, closed: 0.2, open: 0.3, spread: 0.4 };
const POOL = generatedPool({ ...SHAPE, seed: 1 });
const random = new SeededRandom('outside');
/** Log-odds that say it nearly always: four apart, spread by one. */
const telling = Float32Array.from(POOL.trueLabels, (label) => (label === NO_CLASS ? 2 : -2) + random.normal());

function macroF1(
  split: (input: SplitInput) => ReturnType<typeof agreementSplit>,
  outside: Float32Array | null,
): number {
  const { input, trueLabels } = POOL;
  return splitQuality(split({ ...input, outside }), { method: 'test', givenLabels: input.labels, trueLabels }).macroF1;
}

describe('what a teacher of more classes says of the others', () => {
  it.each(['small-loss', 'agreement', 'knn', 'winnow'] as const)('makes %s better', (name) => {
    expect(macroF1(SPLITS[name], telling)).toBeGreaterThan(macroF1(SPLITS[name], null) + 0.05);
  });

  it('costs winnow some two points where it means nothing', () => {
    const costs = [1, 2, 3, 4].map((seed) => {
      const { input, trueLabels } = generatedPool({ ...SHAPE, seed });
      const of = (outside: Float32Array | null): number =>
        splitQuality(winnowSplit({ ...input, outside }), {
          method: 'test',
          givenLabels: input.labels,
          trueLabels,
        }).macroF1;
      const [one, other] = [0, 1].map(() => of(Float32Array.from(trueLabels, () => random.normal())));
      return of(null) - ((one as number) + (other as number)) / 2;
    });
    // Single draws cost between -1 and 5 points.
    expect(costs.reduce((sum, cost) => sum + cost / costs.length, 0)).toBeLessThan(0.025);
  });

  it('is nothing to a split without it, and to one of a single class', () => {
    expect(withOutside(agreementSplit)(POOL.input)).toEqual(agreementSplit(POOL.input));
    const one = { logits: Float32Array.of(1, 2), labels: Int32Array.of(0, 0), classCount: 1, seed: 1 };
    expect(withOutside(agreementSplit)({ ...one, outside: Float32Array.of(3, -3) })).toEqual(agreementSplit(one));
  });

  it('leaves right against wrong labels as the split has them', () => {
    const input = { ...POOL.input, outside: telling };
    const [before, after] = [agreementSplit(input), withOutside(agreementSplit)(input)];
    before.kinds.forEach((kind, row) => {
      const [clean, closed, open] = after.probabilities.subarray(row * 3, row * 3 + 3);
      expect((clean as number) + (closed as number) + (open as number)).toBeCloseTo(1, 5);
      if (after.kinds[row] !== 2) expect(after.kinds[row] === 0).toBe(kind === 0);
    });
  });

  it('must be of the same images, and finite', () => {
    for (const name of ['agreement', 'winnow'] as const) {
      const run = (outside: Float32Array) => () => SPLITS[name]({ ...POOL.input, outside });
      expect(run(new Float32Array(3))).toThrow(expect.objectContaining({ code: 'SHAPE_MISMATCH' }));
      expect(run(telling.map((value, row) => (row === 5 ? NaN : value)))).toThrow(/image 5/);
    }
  });
});
