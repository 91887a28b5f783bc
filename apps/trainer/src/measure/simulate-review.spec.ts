import { NO_CLASS } from '@winnow/noise';
import { SIMULATED_ORDERS, simulateReview } from './simulate-review';
import type { SimulatedPool } from './simulate-review';

const truth = Int32Array.of(0, 1, NO_CLASS, 2);
/** Likeliest .7, .5, .5 and .9; the two likeliest kinds .5, .1, .1 and .8 apart. */
const probabilities = Float32Array.of(0.7, 0.2, 0.1, 0.1, 0.4, 0.5, 0.5, 0.1, 0.4, 0.9, 0.1, 0);
const few = poolOf(truth, 3, { probabilities });
const review = { count: 2, by: 'doubt', errorRate: 0, seed: 1 } as const;

/** Called clean and given class 0 throughout. */
function poolOf(shown: Int32Array, classCount: number, more: Partial<SimulatedPool> = {}): SimulatedPool {
  return {
    classCount,
    truth: shown,
    kinds: new Uint8Array(shown.length),
    probabilities: new Float32Array(3 * shown.length).fill(1 / 3),
    labels: new Int32Array(shown.length),
    refinedLabels: new Int32Array(shown.length),
    neighbours: { k: 1, indices: new Int32Array(shown.length).fill(-1) },
    other: new Float32Array(3 * shown.length).fill(1 / 3),
    ...more,
  };
}

describe('simulateReview', () => {
  it.each(['doubt', 'margin'] as const)('says the truth of those that come first, by %s', (by) => {
    expect(simulateReview(few, { ...review, by })).toEqual([
      { row: 1, truth: 1 },
      { row: 2, truth: 'open' },
    ]);
    const all = simulateReview(few, { ...review, by, count: 9 });
    expect(all.map(({ row }) => row)).toEqual([1, 2, 0, 3]);
  });

  it.each(SIMULATED_ORDERS)('says nothing of images that are held out, by %s', (by) => {
    const held = { ...few, heldOut: [1, 3] };
    const rows = (count: number) => simulateReview(held, { ...review, by, count }).map(({ row }) => row);
    expect(rows(9).sort()).toEqual([0, 2]);
    expect(rows(1).length).toBeLessThanOrEqual(1);
  });

  it('draws at random by its seed alone, and more hold fewer', () => {
    const many = poolOf(new Int32Array(100), 3);
    const rows = (count: number, seed: number) =>
      simulateReview(many, { ...review, by: 'random', count, seed }).map(({ row }) => row);
    expect(rows(10, 1)).toEqual(rows(20, 1).slice(0, 10));
    expect(new Set(rows(100, 1)).size).toBe(100);
    expect(rows(10, 2)).not.toEqual(rows(10, 1));
  });

  it('errs as often as asked, never by the truth', () => {
    const many = poolOf(
      Int32Array.from({ length: 2000 }, (_, row) => (row % 4) - 1),
      3,
    );
    const said = simulateReview(many, { ...review, count: 2000, errorRate: 0.25 });
    const isWrong = ({ row, truth: label }: (typeof said)[number]) =>
      (label === 'open' ? NO_CLASS : label) !== many.truth[row];
    const wrong = said.filter(isWrong);
    expect(wrong.length / 2000).toBeCloseTo(0.25, 1);
    expect(new Set(wrong.map(({ truth: label }) => label))).toEqual(new Set([0, 1, 2, 'open']));
    const always = simulateReview(many, { ...review, count: 2000, errorRate: 1 });
    expect(always.every(isWrong)).toBe(true);
  });

  it('finds the exceptions of a sheet, and looks at each of them once more', () => {
    // 62 called clean: 3 are none of it.
    const shown = Int32Array.from({ length: 62 }, (_, row) => (row === 5 ? 1 : row === 9 || row === 61 ? NO_CLASS : 0));
    const sheets = poolOf(shown, 2);
    const said = simulateReview(sheets, { ...review, by: 'sheets', count: 62 });
    // 60 on the sheet, two of them again.
    expect(said).toHaveLength(60);
    expect(said.filter(({ truth: label }) => label === 0)).toHaveLength(58);
    expect(said.slice(-2)).toEqual([
      { row: 5, truth: 1 },
      { row: 9, truth: 'open' },
    ]);
    // One look less: the last exception stays undecided.
    expect(simulateReview(sheets, { ...review, by: 'sheets', count: 61 })).toEqual(said.slice(0, -1));
    expect(simulateReview(sheets, { ...review, by: 'sheets', count: 999 })).toHaveLength(62);
  });

  it('overlooks exceptions and marks what is right, as often as it errs', () => {
    const shown = Int32Array.from({ length: 6000 }, (_, row) => (row % 2 === 0 ? 0 : NO_CLASS));
    const said = simulateReview(poolOf(shown, 2), { ...review, by: 'sheets', count: 1e6, errorRate: 0.1 });
    const wrong = said.filter(({ row, truth: label }) => (label === 'open' ? NO_CLASS : label) !== shown[row]);
    // Overlooked .1 of the exceptions, and .1 of what was looked at again said wrongly.
    expect(wrong.length / 6000).toBeCloseTo(0.1, 1);
  });
});
