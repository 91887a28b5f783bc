import fc from 'fast-check';
import { SeededRandom } from '@winnow/random';
import { nearestNeighbours, neighbourCount, thinReferences } from './nearest-neighbours';

/** Sorts every row's references by cosine, of equals by place. */
function naive(values: Float32Array, dim: number, references: readonly number[], k: number): number[] {
  const rows = Array.from({ length: values.length / dim }, (_, row) => [
    ...values.subarray(row * dim, (row + 1) * dim),
  ]);
  const dot = (a: number[], b: number[]): number => a.reduce((sum, value, d) => sum + value * (b[d] as number), 0);
  const cosine = (a: number[], b: number[]): number => dot(a, b) / (Math.sqrt(dot(a, a) * dot(b, b)) || 1);
  return rows.flatMap((row, at) => {
    const others = references.filter((other) => other !== at);
    const similarity = new Map(others.map((other) => [other, cosine(row, rows[other] as number[])]));
    others.sort((a, b) => (similarity.get(b) as number) - (similarity.get(a) as number) || a - b);
    return others.slice(0, k).map((other) => similarity.get(other) as number);
  });
}

function randomRows(count: number, dim: number): Float32Array {
  const random = new SeededRandom('rows');
  return Float32Array.from({ length: count * dim }, () => random.normal());
}

describe('nearestNeighbours', () => {
  it('has its hand values: four directions in the plane', () => {
    const values = Float32Array.of(1, 0, 2, 0.2, 0, 5, -1, 0);
    const { indices, k } = nearestNeighbours({ values, dim: 2 }, { references: Int32Array.of(0, 1, 2, 3), k: 2 });
    expect(k).toBe(2);
    expect([...indices]).toEqual([1, 2, 0, 2, 1, 0, 2, 1]);
  });

  it.each([
    ['all rows', (row: number) => row >= 0],
    ['some rows', (row: number) => row % 3 === 1],
  ])('agrees with sorting everything, across blocks, among %s', (_, isReference) => {
    const [count, dim, k] = [150, 5, 7];
    const values = randomRows(count, dim);
    const references = Array.from({ length: count }, (_unused, row) => row).filter(isReference);
    const found = nearestNeighbours({ values, dim }, { references: Int32Array.from(references), k });
    const expected = naive(values, dim, references, k);
    found.similarities.forEach((similarity, at) => expect(similarity).toBeCloseTo(expected[at] as number, 6));
    found.indices.forEach((neighbour, at) => {
      expect(references).toContain(neighbour);
      expect(neighbour).not.toBe(Math.floor(at / k));
    });
  });

  it('takes the lower rows of equally similar ones, in order', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 140 }), fc.integer({ min: 1, max: 9 }), (count, k) => {
        const references = Int32Array.from({ length: count }, (_, row) => row);
        const found = nearestNeighbours({ values: new Float32Array(count).fill(3), dim: 1 }, { references, k });
        references.forEach((row) => {
          const expected = [...references].filter((other) => other !== row).slice(0, k);
          expect([...found.indices.subarray(row * found.k, (row + 1) * found.k)]).toEqual(expected);
        });
      }),
      { numRuns: 20 },
    );
  });

  it('has no neighbours for a single reference, and similarity 0 with a row of zeros', () => {
    expect(nearestNeighbours({ values: Float32Array.of(1), dim: 1 }, { references: Int32Array.of(0), k: 5 }).k).toBe(0);
    const { similarities } = nearestNeighbours(
      { values: Float32Array.of(0, 0, 1, 1), dim: 2 },
      { references: Int32Array.of(0, 1), k: 1 },
    );
    expect([...similarities]).toEqual([0, 0]);
  });
});

describe('thinReferences', () => {
  const rows = Int32Array.from({ length: 5000 }, (_, index) => 2 * index);

  it('keeps all rows of a small pool', () => {
    expect(thinReferences(rows, { values: new Float32Array(10_000), dim: 1 }, 1)).toEqual(rows);
  });

  it('draws the same rows for the same seed from a large one, ascending and each once', () => {
    const large = { values: new Float32Array(2 ** 24), dim: 64 };
    const drawn = thinReferences(rows, large, 1);
    // 6e10 / 2^24 = 3,576 is less than the 4,096 that are kept whatever it costs.
    expect(drawn).toHaveLength(4096);
    expect([...new Set(drawn)].sort((a, b) => a - b)).toEqual([...drawn]);
    expect(drawn.every((row) => rows.includes(row))).toBe(true);
    expect(thinReferences(rows, large, 1)).toEqual(drawn);
    expect(thinReferences(rows, large, 2)).not.toEqual(drawn);
  });
});

describe('neighbourCount', () => {
  it('is half a class of average size, at least one, and no more than the most', () => {
    expect(neighbourCount(26_666, 7, 200)).toBe(200);
    expect(neighbourCount(100, 10, 200)).toBe(5);
    expect(neighbourCount(3, 2, 200)).toBe(1);
  });
});
