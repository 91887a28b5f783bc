import fc from 'fast-check';
import { dot } from '../row-math';
import { symmetricEigen } from './decompositions';

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
