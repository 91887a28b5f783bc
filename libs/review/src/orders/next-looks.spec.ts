import fc from 'fast-check';
import { largestRows } from './doubt';
import { LOOK_ORDERS, nextLooks } from './next-looks';
import type { ReviewPool } from './next-looks';

/** Likeliest .7, .5, .5 and .9; the two likeliest kinds .5, .1, .1 and .8 apart. */
const probabilities = Float32Array.of(0.7, 0.2, 0.1, 0.1, 0.4, 0.5, 0.5, 0.1, 0.4, 0.9, 0.1, 0);
const pool: ReviewPool = {
  kinds: Uint8Array.of(0, 2, 0, 0),
  probabilities,
  labels: [0, 0, 0, 0],
  refinedLabels: [0, 0, 0, 0],
  isDecided: () => false,
};
const options = { count: 9, seed: 1 };

/** Pools of some rows, two neighbours each, with another opinion and some decisions. */
const pools = fc.integer({ min: 1, max: 120 }).chain((count) => {
  const opinions = fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 3 * count, maxLength: 3 * count });
  return fc.record({
    probabilities: opinions.map(normalised),
    other: opinions.map(normalised),
    labels: fc.array(fc.nat(2), { minLength: count, maxLength: count }),
    refinedLabels: fc.array(fc.nat(2), { minLength: count, maxLength: count }),
    indices: fc.array(fc.integer({ min: -1, max: count - 1 }), { minLength: 2 * count, maxLength: 2 * count }),
    decided: fc.array(fc.boolean(), { minLength: count, maxLength: count }),
  });
});

function normalised(values: readonly number[]): Float32Array {
  return Float32Array.from(values, (value, at) => {
    const row = values.slice(at - (at % 3), at - (at % 3) + 3);
    return (value + 1) / (row[0]! + row[1]! + row[2]! + 3);
  });
}

function poolOf(drawn: typeof pools extends fc.Arbitrary<infer T> ? T : never): ReviewPool {
  const kinds = Uint8Array.from(drawn.labels, (_, row) => {
    const own = drawn.probabilities.subarray(3 * row, 3 * row + 3);
    return own.indexOf(Math.max(...own));
  });
  const neighbours = { k: 2, indices: Int32Array.from(drawn.indices) };
  return { ...drawn, kinds, neighbours, isDecided: (row) => drawn.decided[row] as boolean };
}

describe('nextLooks', () => {
  it('by doubt: the least sure, the first of equals', () => {
    expect(nextLooks('doubt', pool, options)).toEqual([1, 2, 0, 3]);
    expect(nextLooks('doubt', { ...pool, isDecided: (row) => row === 1 }, { ...options, count: 2 })).toEqual([2, 0]);
  });

  it('by margin: those whose two likeliest kinds differ least', () => {
    // Likeliest .4 against .4, and .5 against .3: the first is the nearer race, the second is doubted more in none.
    const race = { ...pool, probabilities: Float32Array.of(0.5, 0.45, 0.05, 0.45, 0.3, 0.25) };
    expect(nextLooks('margin', { ...race, kinds: Uint8Array.of(0, 0) }, options)).toEqual([0, 1]);
    expect(nextLooks('doubt', { ...race, kinds: Uint8Array.of(0, 0) }, options)).toEqual([1, 0]);
  });

  it('by disagreement: opinions that are farthest apart', () => {
    const other = Float32Array.of(0.7, 0.2, 0.1, 1, 0, 0, 0.5, 0.1, 0.4, 0, 0.1, 0.9);
    // 0, .9, 0 and .9 apart.
    expect(nextLooks('disagree', { ...pool, other }, options)).toEqual([1, 3, 0, 2]);
    expect(() => nextLooks('disagree', pool, options)).toThrow(RangeError);
  });

  it('by pairs: the largest group of closed ones, by doubt within it, then all others', () => {
    const closed = {
      ...pool,
      kinds: Uint8Array.of(1, 0, 1, 1),
      labels: [0, 0, 1, 0],
      refinedLabels: [1, 1, 0, 1],
    };
    expect(nextLooks('pairs', closed, options)).toEqual([0, 3, 2, 1]);
  });

  it('by worth: doubt by the undecided that are near, neighbours apart', () => {
    const even = { ...pool, kinds: new Uint8Array(4), probabilities: Float32Array.from({ length: 12 }, () => 1 / 3) };
    const indices = Int32Array.of(1, 2, 0, -1, 3, -1, 2, -1);
    const of = (decided: readonly number[]) =>
      nextLooks(
        'worth',
        { ...even, neighbours: { k: 2, indices }, isDecided: (row) => decided.includes(row) },
        options,
      );
    // 0 helps two; 1 and 2 are near it and wait, 3 does not.
    expect(of([])).toEqual([0, 3, 1, 2]);
    // With 2 decided 0 and 1 help one each, 3 none.
    expect(of([2])).toEqual([0, 3, 1]);
    expect(() => nextLooks('worth', pool, options)).toThrow(RangeError);
  });

  it.each(LOOK_ORDERS)('gives every undecided image once, by %s, and the first ones of more', (order) => {
    fc.assert(
      fc.property(pools, fc.nat(150), (drawn, count) => {
        const some = poolOf(drawn);
        const undecided = [...some.kinds.keys()].filter((row) => !some.isDecided(row));
        const all = nextLooks(order, some, { count: some.kinds.length, seed: 3 });
        expect([...all].sort((a, b) => a - b)).toEqual(undecided);
        const first = nextLooks(order, some, { count, seed: 3 });
        expect(first).toHaveLength(Math.min(count, undecided.length));
        expect(first).toEqual(all.slice(0, first.length));
      }),
    );
  });

  it('never lets two of fifty be neighbours where others are left, by worth', () => {
    // A ring of a hundred pairs: each has its partner as neighbour.
    const count = 200;
    const ring = {
      ...pool,
      kinds: new Uint8Array(count),
      probabilities: Float32Array.from({ length: 3 * count }, (_, at) => (at % 3 === 0 ? 0.5 + at / 2000 : 0.2)),
      neighbours: { k: 1, indices: Int32Array.from({ length: count }, (_, row) => row ^ 1) },
    };
    const rows = nextLooks('worth', ring, { count, seed: 1 });
    for (let from = 0; from < count; from += 50) {
      const run = new Set(rows.slice(from, from + 50));
      expect([...run].some((row) => run.has(row ^ 1))).toBe(false);
    }
  });

  it('draws at random by its seed alone', () => {
    const many = { ...pool, kinds: new Uint8Array(100) };
    const rows = (seed: number) => nextLooks('random', many, { count: 10, seed });
    expect(rows(1)).toEqual(rows(1));
    expect(rows(2)).not.toEqual(rows(1));
  });
});

it('finds the largest values as sorting all of them does, equals among them', () => {
  const drawn = fc.array(fc.record({ value: fc.nat(6), isMeant: fc.boolean() }), { maxLength: 60 });
  fc.assert(
    fc.property(drawn, fc.integer({ min: 1, max: 70 }), (rows, count) => {
      const values = Float64Array.from(rows, ({ value }) => value);
      const meant = rows.flatMap(({ isMeant }, row) => (isMeant ? [row] : []));
      const sorted = meant.toSorted((a, b) => values[b]! - values[a]! || a - b).slice(0, count);
      expect(largestRows(values, count, (row) => rows[row]!.isMeant)).toEqual(sorted);
    }),
    { seed: 23, numRuns: 500 },
  );
});
