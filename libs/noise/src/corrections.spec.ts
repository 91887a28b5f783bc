import fc from 'fast-check';
import { applyCorrections } from './corrections';
import type { Correction } from './corrections';
import type { SplitResult } from './split';

const CLASSES = 3;
const LABELS = [0, 1, 2, 0];

function split(): SplitResult {
  return {
    kinds: Uint8Array.of(0, 1, 2, 2),
    probabilities: Float32Array.from([0.5, 0.25, 0.25, 0.25, 0.5, 0.25, 0.25, 0.25, 0.5, 0, 0, 1]),
    refinedLabels: Int32Array.of(0, 2, 1, 1),
    score: Float32Array.of(0.25, 0.5, 0.75, 1),
  };
}

const pool = { labels: LABELS, classCount: CLASSES };

describe('applyCorrections', () => {
  it('makes an image clean, closed with its true class, or open, and leaves the others', () => {
    const corrected = applyCorrections(
      split(),
      [
        { row: 2, truth: 2 },
        { row: 0, truth: 1 },
        { row: 1, truth: 'open' },
      ],
      pool,
    );
    expect([...corrected.kinds]).toEqual([1, 2, 0, 2]);
    expect([...corrected.probabilities]).toEqual([0, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 1]);
    expect([...corrected.refinedLabels]).toEqual([1, 2, 2, 1]);
    expect([...corrected.score]).toEqual([1, 1, 0, 1]);
  });

  it('changes nothing without corrections, and never the split that it is given', () => {
    const given = split();
    expect(applyCorrections(given, [], pool)).toEqual(given);
    applyCorrections(given, [{ row: 3, truth: 0 }], pool);
    expect(given).toEqual(split());
  });

  it('lets the same be said twice, and nothing that contradicts itself', () => {
    const twice = [
      { row: 3, truth: 0 },
      { row: 3, truth: 0 },
    ];
    expect(applyCorrections(split(), twice, pool).kinds[3]).toBe(0);
    const contradiction: Correction[] = [
      { row: 3, truth: 0 },
      { row: 3, truth: 'open' },
    ];
    expect(() => applyCorrections(split(), contradiction, pool)).toThrow(/image 3 is corrected to 0 and to open/);
  });

  it.each([
    [{ row: 4, truth: 0 }, /names image 4 of 4/],
    [{ row: -1, truth: 0 }, /names image -1/],
    [{ row: 0.5, truth: 0 }, /names image 0.5/],
    [{ row: 0, truth: 3 }, /image 0 the class 3 of 3/],
    [{ row: 0, truth: NaN }, /the class NaN/],
  ])('refuses %j', (correction, message) => {
    expect(() => applyCorrections(split(), [correction], pool)).toThrow(message);
  });

  it('refuses the labels of another pool', () => {
    expect(() => applyCorrections(split(), [], { ...pool, labels: [0] })).toThrow(/1 labels for a split of 4/);
  });

  it('does not depend on the order of corrections, and applied twice is applied once', () => {
    const truth = fc.oneof(fc.constant('open' as const), fc.integer({ min: 0, max: CLASSES - 1 }));
    const some = fc.uniqueArray(fc.record({ row: fc.integer({ min: 0, max: 3 }), truth }), {
      selector: ({ row }) => row,
    });
    fc.assert(
      fc.property(some, (corrections) => {
        const once = applyCorrections(split(), corrections, pool);
        expect(applyCorrections(split(), [...corrections].reverse(), pool)).toEqual(once);
        expect(applyCorrections(once, corrections, pool)).toEqual(once);
      }),
    );
  });
});
