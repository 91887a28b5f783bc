import type { SplitResult } from '@winnow/noise';
import { reviewSplit } from './review-split';

/** Calls everything clean, but for images that `open` names. */
function split(open: readonly number[], doubtful: number): SplitResult {
  const kinds = Uint8Array.from({ length: 4 }, (_, row) => (open.includes(row) ? 2 : 0));
  const probabilities = new Float32Array(12);
  kinds.forEach((kind, row) => (probabilities[row * 3 + kind] = row === doubtful ? 0.6 : 1));
  return { kinds, probabilities, refinedLabels: Int32Array.of(1, 1, 1, 1), score: new Float32Array(4) };
}

const none = (): never => {
  throw new Error('by doubt nothing else is needed');
};
/** Clean, clean, open, open. */
const pool = {
  neighbours: none,
  other: none,
  before: split([], 2),
  labels: new Int32Array(4),
  truth: Int32Array.of(0, 0, -1, -1),
  classCount: 2,
};
const review = { count: 1, by: 'doubt', errorRate: 0, seed: 1 } as const;

describe('reviewSplit', () => {
  it('fits a split that learns from decisions anew, and says what they were worth', () => {
    const seen: (readonly number[])[] = [];
    const refit = (known: Int32Array): SplitResult => {
      seen.push([...known]);
      return split([2, 3], 0);
    };
    const { quality, known, split: found } = reviewSplit({ ...pool, method: 'winnow', refit }, review);
    expect(seen).toEqual([[-1, -1, 2, -1]]);
    expect([...known]).toEqual([-1, -1, 2, -1]);
    expect([...found.kinds]).toEqual([0, 0, 2, 2]);
    // All called clean: F1 2/3 and 0. One corrected: clean 4/5, open 2/3.
    expect(quality.macroF1.before).toBeCloseTo(1 / 3, 6);
    expect(quality.macroF1.overlaid).toBeCloseTo((4 / 5 + 2 / 3) / 2, 6);
    expect(quality.macroF1.after).toBe(1);
    // Of the other three: clean 4/5, open 0.
    expect(quality.undecidedMacroF1.before).toBeCloseTo(2 / 5, 6);
    expect(quality.undecidedMacroF1.after).toBe(1);
  });

  it('says nothing of the others where there are none', () => {
    const { quality } = reviewSplit({ ...pool, method: 'knn', refit: none }, { ...review, count: 4 });
    expect(quality.undecidedMacroF1).toEqual({ before: null, after: null });
  });

  it('lays decisions over any other split', () => {
    const location = { ...pool, method: 'knn', refit: none } as const;
    const { split: found, quality } = reviewSplit(location, review);
    expect([...found.kinds]).toEqual([0, 0, 2, 0]);
    expect(quality.macroF1.after).toBe(quality.macroF1.overlaid);
    expect(quality.undecidedMacroF1.after).toBe(quality.undecidedMacroF1.before);
  });
});
