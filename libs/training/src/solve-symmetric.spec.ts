import fc from 'fast-check';
import { solveSymmetric } from './solve-symmetric';

describe('solveSymmetric', () => {
  it('has its hand value', () => {
    const x = Float64Array.of(10, 8, 13, 12);
    solveSymmetric(Float64Array.of(4, 2, 2, 3), x, 2);
    // 4a + 2b = 10, 2a + 3b = 13; 4c + 2d = 8, 2c + 3d = 12.
    [0.5, 0, 4, 4].forEach((value, at) => expect(x[at]).toBeCloseTo(value, 12));
  });

  it('solves what was multiplied, for any matrix M M^T + 1', () => {
    const numbers = (length: number) =>
      fc.array(fc.double({ min: -3, max: 3, noNaN: true }), { minLength: length, maxLength: length });
    fc.assert(
      fc.property(numbers(16), numbers(8), (m, solution) => {
        const side = [0, 1, 2, 3];
        const at = (values: readonly number[], row: number, column: number, width: number) =>
          values[row * width + column] as number;
        const matrix = side.flatMap((i) =>
          side.map((j) => side.reduce((sum, k) => sum + at(m, i, k, 4) * at(m, j, k, 4), i === j ? 1 : 0)),
        );
        const right = Float64Array.from(
          side.flatMap((i) => [0, 1].map((c) => side.reduce((sum, k) => sum + at(matrix, i, k, 4) * at(solution, k, c, 2), 0))), // prettier-ignore
        );
        solveSymmetric(Float64Array.from(matrix), right, 4);
        solution.forEach((value, place) => expect(right[place]).toBeCloseTo(value, 6));
      }),
    );
  });

  it('refuses a matrix that is not positive definite', () => {
    expect(() => solveSymmetric(Float64Array.of(1, 2, 2, 1), new Float64Array(2), 2)).toThrow(/positive definite/);
  });
});
