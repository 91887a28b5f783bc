import type { SplitResult } from '@winnow/noise';
import { countConflicts } from './summarise-split';

const split: SplitResult = {
  kinds: Uint8Array.from([0, 1, 2, 0]),
  probabilities: new Float32Array(12),
  refinedLabels: new Int32Array(4),
  score: new Float32Array(4),
};

const pool = (otherLabels: readonly (readonly number[])[]) => ({ otherLabels });

describe('countConflicts', () => {
  it('counts the kinds of the pictures that were found under several classes', () => {
    expect(countConflicts(pool([[1], [], [2, 3], [0]]), split)).toEqual({ clean: 2, closed: 0, open: 1 });
  });

  it('is null where there are none', () => {
    expect(countConflicts(pool([[], [], [], []]), split)).toBeNull();
  });
});
