import { golden } from './spec-support/golden';
import type { SplitResult } from './split';
import { NO_CLASS, splitQuality, trueKind } from './split-quality';

/** A split that is sure of what it says. */
function certain(kinds: readonly number[], refinedLabels: readonly number[]): SplitResult {
  return {
    kinds: Uint8Array.from(kinds),
    probabilities: Float32Array.from(kinds.flatMap((kind) => [0, 1, 2].map((other) => Number(kind === other)))),
    refinedLabels: Int32Array.from(refinedLabels),
    score: new Float32Array(kinds.length),
  };
}

describe('trueKind', () => {
  it('counts a flipped label that equals the true one as clean', () => {
    expect(trueKind(3, 3)).toBe('clean');
    expect(trueKind(3, 4)).toBe('closed');
    expect(trueKind(3, NO_CLASS)).toBe('open');
  });
});

describe('splitQuality', () => {
  it('has its hand values', () => {
    // True kinds: clean, clean, closed, closed, open; found: clean, closed, closed, open, open.
    const quality = splitQuality(certain([0, 1, 1, 2, 2], [0, 1, 2, 1, 0]), {
      method: 'hand',
      givenLabels: [0, 1, 0, 0, 0],
      trueLabels: [0, 1, 2, 2, NO_CLASS],
    });
    expect(quality.method).toBe('hand');
    expect(quality.confusion).toEqual([
      [1, 1, 0],
      [0, 1, 1],
      [0, 0, 1],
    ]);
    expect(quality.precision).toEqual({ clean: 1, closed: 0.5, open: 0.5 });
    expect(quality.recall).toEqual({ clean: 0.5, closed: 0.5, open: 1 });
    expect(quality.macroF1).toBeCloseTo((2 / 3 + 1 / 2 + 2 / 3) / 3, 12);
    expect(quality.auroc.clean).toBeCloseTo(0.75, 12);
    expect(quality.auroc.open).toBeCloseTo(0.875, 12);
    expect(quality.fpr95Open).toBe(0.25);
    expect(quality.refinedAccuracy).toBe(0.5);
  });

  it('agrees with scikit-learn on a random confusion', () => {
    const { truth, found, macroF1, precision, recall } = golden.confusion;
    const quality = splitQuality(
      certain(
        found,
        found.map(() => 0),
      ),
      {
        method: 'golden',
        givenLabels: truth.map(() => 0),
        trueLabels: truth.map((kind) => [0, 1, NO_CLASS][kind] as number),
      },
    );
    expect(quality.macroF1).toBeCloseTo(macroF1, 12);
    expect(Object.values(quality.precision)).toEqual(precision.map((value) => expect.closeTo(value, 12)));
    expect(Object.values(quality.recall)).toEqual(recall.map((value) => expect.closeTo(value, 12)));
  });

  it('says null for what cannot be measured and leaves absent kinds out of the mean', () => {
    const quality = splitQuality(certain([0, 0], [1, 1]), { method: 'clean', givenLabels: [1, 1], trueLabels: [1, 1] });
    expect(quality.macroF1).toBe(1);
    expect(quality.auroc).toEqual({ clean: null, closed: null, open: null });
    expect(quality.fpr95Open).toBeNull();
    expect(quality.refinedAccuracy).toBeNull();
  });

  it('refuses the truth of another pool', () => {
    const truth = { method: 'edl-gmm', givenLabels: [1], trueLabels: [1, 2] };
    expect(() => splitQuality(certain([0, 0], [1, 1]), truth)).toThrow(/1 given and 2 true labels for a split of 2/);
  });
});
