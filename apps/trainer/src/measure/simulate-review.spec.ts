import { NO_CLASS } from '@winnow/noise';
import { simulateReview } from './review-split';

const truth = Int32Array.of(0, 1, NO_CLASS, 2);
const pool = { classCount: 3, truth };
/** Margins .5, .1, .1 and .8. */
const split = { probabilities: Float32Array.of(0.7, 0.2, 0.1, 0.1, 0.4, 0.5, 0.5, 0.1, 0.4, 0.9, 0.1, 0) };
const review = { count: 2, by: 'doubt', errorRate: 0, seed: 1 } as const;

describe('simulateReview', () => {
  it('says the truth of those whose two likeliest kinds differ least, the first of equals', () => {
    expect(simulateReview(split, pool, review)).toEqual([
      { row: 1, truth: 1 },
      { row: 2, truth: 'open' },
    ]);
    expect(simulateReview(split, pool, { ...review, count: 9 }).map(({ row }) => row)).toEqual([1, 2, 0, 3]);
  });

  it.each(['doubt', 'random'] as const)('says nothing of images that are held out, by %s', (by) => {
    const held = { ...pool, heldOut: [1, 3] };
    const rows = (count: number) => simulateReview(split, held, { ...review, by, count }).map(({ row }) => row);
    expect(rows(9).sort()).toEqual([0, 2]);
    expect(rows(1)).toHaveLength(1);
  });

  it('draws at random by its seed alone, and more hold fewer', () => {
    const many = { classCount: 3, truth: new Int32Array(100) };
    const unsure = { probabilities: new Float32Array(300).fill(1 / 3) };
    const rows = (count: number, seed: number) =>
      simulateReview(unsure, many, { ...review, by: 'random', count, seed }).map(({ row }) => row);
    expect(rows(10, 1)).toEqual(rows(20, 1).slice(0, 10));
    expect(new Set(rows(100, 1)).size).toBe(100);
    expect(rows(10, 2)).not.toEqual(rows(10, 1));
  });

  it('errs as often as asked, never by the truth', () => {
    const many = { classCount: 3, truth: Int32Array.from({ length: 2000 }, (_, row) => (row % 4) - 1) };
    const unsure = { probabilities: new Float32Array(6000).fill(1 / 3) };
    const said = simulateReview(unsure, many, { ...review, count: 2000, errorRate: 0.25 });
    const wrong = said.filter(({ row, truth: label }) => (label === 'open' ? -1 : label) !== many.truth[row]);
    expect(wrong.length / 2000).toBeCloseTo(0.25, 1);
    expect(new Set(wrong.map(({ truth: label }) => label))).toEqual(new Set([0, 1, 2, 'open']));
    const always = simulateReview(unsure, many, { ...review, count: 2000, errorRate: 1 });
    expect(always.every(({ row, truth: label }) => (label === 'open' ? -1 : label) !== many.truth[row])).toBe(true);
  });
});
