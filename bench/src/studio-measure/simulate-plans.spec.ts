import { simulatePlans } from './simulate-plans';
import type { Coverage, KnownPool, SplitCoverage } from './simulate-plans';

/** Shares of truly clean, closed and open images of each kind that a split calls. */
const CONFUSION = [
  [0.85, 0.06, 0.09],
  [0.15, 0.7, 0.15],
  [0.1, 0.15, 0.75],
] as const;
/** 200 plans: three standard deviations of 95 % are 5 points. */
const PLANS = { plans: 200, seed: 1 };

function poolOf(sizes: readonly number[]): KnownPool {
  const rows = sizes.flatMap((size, kind) =>
    [0, 1, 2].flatMap((truth) =>
      Array.from({ length: Math.round(size * (CONFUSION[kind]?.[truth] as number)) }, () => [kind, truth] as const),
    ),
  );
  return { kinds: Uint8Array.from(rows, ([kind]) => kind), truth: Uint8Array.from(rows, ([, truth]) => truth) };
}

const shares = ({ precision, recall, overall }: SplitCoverage): Coverage[] => [
  ...Object.values(precision),
  ...Object.values(recall),
  overall,
];

describe('simulatePlans', () => {
  it.each([
    ['a large pool', [14_000, 4000, 8000], 150],
    ['a small one, much of it looked at', [400, 160, 240], 120],
  ])('finds the truth in some 95 %% of intervals: %s', (_, sizes, looks) => {
    const coverage = simulatePlans(poolOf(sizes), { ...PLANS, looks });
    expect(shares(coverage)).toHaveLength(7);
    for (const { covered } of shares(coverage)) {
      expect(covered).toBeGreaterThan(0.9);
      expect(covered).toBeLessThan(0.995);
    }
    expect(coverage.precision.clean?.truth).toBeCloseTo(0.85, 3);
  });

  it('is what it measures where all is looked at', () => {
    const coverage = simulatePlans(poolOf([100, 20, 40]), { plans: 3, seed: 1, looks: 100 });
    for (const { covered, halfWidth } of shares(coverage)) expect([covered, halfWidth]).toEqual([1, 0]);
  });

  it('measures another split of the same images by the same looks', () => {
    const pool = poolOf([3000, 1000, 2000]);
    // Calls a third of the closed ones clean.
    const other = pool.kinds.map((kind, row) => (kind === 1 && row % 3 === 0 ? 0 : kind));
    const coverage = simulatePlans({ ...pool, other }, { ...PLANS, looks: 150 }).other as SplitCoverage;
    for (const { covered } of shares(coverage)) expect(covered).toBeGreaterThan(0.9);
  });
});
