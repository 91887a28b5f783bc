import fc from 'fast-check';
import { effectiveLooks, looksNeeded, wilsonInterval } from './wilson-interval';

const Z = 1.959963984540054;
const shares = fc.double({ min: 0, max: 1, noNaN: true });

describe('wilsonInterval', () => {
  it('is what is published', () => {
    // Newcombe 1998, table I, score method: 81 of 263, 15 of 148, 0 of 20, 1 of 29.
    const published = [
      [81, 263, 0.2553, 0.3662],
      [15, 148, 0.0624, 0.1605],
      [0, 20, 0, 0.1611],
      [1, 29, 0.0061, 0.1718],
    ] as const;
    for (const [right, looked, low, high] of published) {
      const found = wilsonInterval(right / looked, { looked });
      expect(found?.low).toBeCloseTo(low, 4);
      expect(found?.high).toBeCloseTo(high, 4);
    }
    const found = wilsonInterval(119 / 150, { looked: 150 });
    expect([found?.low, found?.high].map((end) => (100 * (end as number)).toFixed(1))).toEqual(['72.2', '85.0']);
  });

  it('holds the share, is narrower for a part of few images, and a point for all of them', () => {
    fc.assert(
      fc.property(shares, fc.integer({ min: 2, max: 500 }), fc.integer({ min: 1, max: 500 }), (share, looked, more) => {
        const [endless, few] = [
          wilsonInterval(share, { looked }),
          wilsonInterval(share, { looked, size: looked + more }),
        ];
        if (endless === null || few === null) return false;
        const isInside = [endless, few].every(
          ({ low, high }) => 0 <= low && low <= share && share <= high && high <= 1,
        );
        return isInside && few.high - few.low < endless.high - endless.low;
      }),
    );
    expect(wilsonInterval(0.4, { looked: 10, size: 10 })).toEqual({ share: 0.4, low: 0.4, high: 0.4 });
    expect(wilsonInterval(Number.NaN, { looked: 0 })).toBeNull();
    expect(effectiveLooks({ looked: 150, size: 151 })).toBe(150 * 150);
  });

  /** Of all draws without replacement, by their probabilities: the share whose interval holds the truth. */
  function exactCoverage({ size, right, looked }: { size: number; right: number; looked: number }, isFinite: boolean) {
    const wrong = size - right;
    let covered = 0;
    for (let hits = Math.max(0, looked - wrong); hits <= Math.min(looked, right); hits += 1) {
      const chance = Math.exp(choices(right, hits) + choices(wrong, looked - hits) - choices(size, looked));
      const interval = wilsonInterval(hits / looked, isFinite ? { looked, size } : { looked });
      const share = right / size;
      if (interval !== null && interval.low <= share + 1e-12 && share <= interval.high + 1e-12) covered += chance;
    }
    return covered;
  }
  /** Shares from .5, as long as ten wrong ones are expected. */
  const sharesOf = (looked: number): number[] =>
    Array.from({ length: 46 }, (_, at) => 0.5 + at / 100).filter((share) => looked * (1 - share) >= 10);

  it.each([
    [100, 300],
    [150, 300],
    [150, 3800],
    [400, 3800],
    [150, 14_000],
  ])('holds the truth in 93 to 97 %% of all draws of %i of %i, exactly counted', (looked, size) => {
    const found = sharesOf(looked).map((share) =>
      exactCoverage({ size, right: Math.round(share * size), looked }, true),
    );
    expect(found.filter((coverage) => coverage >= 0.93 && coverage <= 0.97).length / found.length).toBeGreaterThan(
      0.97,
    );
    expect(found.reduce((sum, coverage) => sum + coverage, 0) / found.length).toBeCloseTo(0.95, 2);
  });

  it('would claim to know too little of few images without the correction', () => {
    expect(exactCoverage({ size: 300, right: 240, looked: 150 }, false)).toBeGreaterThan(0.99);
    expect(exactCoverage({ size: 300, right: 240, looked: 150 }, true)).toBeLessThan(0.97);
  });
});

const LOG_FACTORIAL = [0];
for (let n = 1; n <= 14_000; n += 1) LOG_FACTORIAL.push((LOG_FACTORIAL[n - 1] as number) + Math.log(n));
function choices(n: number, k: number): number {
  return (LOG_FACTORIAL[n] as number) - (LOG_FACTORIAL[k] as number) - (LOG_FACTORIAL[n - k] as number);
}

/** Wilson's half-width solved for the number of looks, a quadratic in looks + Z². */
function solved(share: number, halfWidth: number): number {
  const variance = share * (1 - share);
  const root = Math.sqrt(variance ** 2 + 4 * halfWidth ** 2 * (0.25 - variance));
  return (Z * Z * (variance + root)) / (2 * halfWidth ** 2) - Z * Z;
}

describe('looksNeeded', () => {
  const WIDTHS = [0.1, 0.05, 0.03, 0.02];
  const pairs = WIDTHS.flatMap((width) => [0.5, 0.65, 0.79, 0.9, 0.97].map((share) => [share, width] as const));

  it.each(pairs)("of the share %f to ± %f is Wilson's solution", (share, halfWidth) => {
    expect(looksNeeded(share, halfWidth)).toBe(Math.ceil(solved(share, halfWidth)));
  });

  it('is what the design of the studio says', () => {
    const of = (halfWidth: number) => [0.5, 0.79, 0.9].map((share) => looksNeeded(share, halfWidth));
    expect([of(0.1), of(0.05), of(0.03)]).toEqual([
      [93, 62, 37],
      [381, 254, 141],
      [1064, 707, 388],
    ]);
  });

  it('is the fewest that give the half-width, and never more than there are images', () => {
    const halfWidths = fc.double({ min: 0.01, max: 0.3, noNaN: true });
    const half = (share: number, looked: number, size: number): number => {
      const found = wilsonInterval(share, { looked, size });
      return found === null ? 1 : (found.high - found.low) / 2;
    };
    fc.assert(
      fc.property(shares, halfWidths, fc.integer({ min: 1, max: 5000 }), (share, halfWidth, size) => {
        const looks = looksNeeded(share, halfWidth, size);
        // The ends of an interval are cut at 0 and 1: it may be narrower, never wider.
        return looks >= 1 && looks <= size && half(share, looks, size) <= halfWidth + 1e-9;
      }),
    );
    expect(looksNeeded(0.5, 0.05, 400)).toBeLessThan(looksNeeded(0.5, 0.05));
    expect(looksNeeded(0.5, 0.0001, 40)).toBe(40);
  });
});
