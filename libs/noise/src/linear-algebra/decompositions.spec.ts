import { SeededRandom } from '@winnow/random';
import fc from 'fast-check';
import { dot } from '../row-math';
import { cholesky, solveLower, solveLowerRows, symmetricEigen } from './decompositions';

// Whole fours of rows, and one to three beyond them.
describe.each([1, 2, 4, 5, 7])('the triangle of a matrix of %i rows', (size) => {
  const random = new SeededRandom(size);
  const root = Float64Array.from({ length: size * size }, () => random.normal());
  const rowOf = (table: Float64Array, row: number): Float64Array => table.subarray(row * size, (row + 1) * size);
  const matrix = root.map((_, at) => dot(rowOf(root, Math.floor(at / size)), rowOf(root, at % size)));
  const lower = cholesky(matrix, size, 1e-12);

  it('times itself is the matrix', () => {
    matrix.forEach((value, at) => {
      const [i, j] = [Math.floor(at / size), at % size];
      expect(dot(rowOf(lower, i), rowOf(lower, j))).toBeCloseTo(value, 9);
      if (j > i) expect(lower[at]).toBe(0);
    });
  });

  it.each([1, 3, 4, 6])('solves %i rows as one by one, to the bit', (count) => {
    const given = Float64Array.from({ length: count * size }, () => random.normal());
    const [rows, wanted] = [given.slice(), given.slice()];
    for (let row = 0; row < count; row += 1) solveLower(lower, rowOf(wanted, row));
    solveLowerRows(lower, rows, size);
    expect(rows).toEqual(wanted);
    expect(dot(rowOf(lower, size - 1), rowOf(rows, 0))).toBeCloseTo(given[size - 1] as number, 9);
  });
});

describe('symmetricEigen', () => {
  it('has its hand value: [[2, 1], [1, 2]] has 3 along (1, 1) and 1 along (1, -1)', () => {
    const { values, vectors } = symmetricEigen(Float64Array.of(2, 1, 1, 2), 2);
    expect([...values]).toEqual([expect.closeTo(3, 12), expect.closeTo(1, 12)]);
    expect(vectors[0]).toBeCloseTo(vectors[1] as number, 12);
    expect(vectors[2]).toBeCloseTo(-(vectors[3] as number), 12);
  });

  it('solves A v = lambda v with vectors of length one, at right angles, largest first', () => {
    const size = 5;
    const entries = fc.array(fc.integer({ min: -9, max: 9 }), { minLength: size * size, maxLength: size * size });
    fc.assert(
      fc.property(entries, (list) => {
        const at = (i: number, j: number): number => list[Math.max(i, j) * size + Math.min(i, j)] as number;
        const indices = [...Array(size).keys()];
        const matrix = Float64Array.from(indices.flatMap((i) => indices.map((j) => at(i, j))));
        const { values, vectors } = symmetricEigen(matrix, size);
        const vector = (k: number): number[] => [...vectors.subarray(k * size, (k + 1) * size)];
        for (const k of indices) {
          const image = indices.map((i) =>
            dot(
              indices.map((j) => at(i, j)),
              vector(k),
            ),
          );
          image.forEach((value, i) => expect(value).toBeCloseTo((values[k] as number) * (vector(k)[i] as number), 8));
          for (const l of indices) expect(dot(vector(k), vector(l))).toBeCloseTo(Number(k === l), 10);
        }
        expect([...values].sort((a, b) => b - a)).toEqual([...values]);
      }),
      { numRuns: 50 },
    );
  });
});
