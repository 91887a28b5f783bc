import { SeededRandom } from '@winnow/random';
import { principalAxes } from './principal-axes';
import { symmetricEigen } from './decompositions';

describe('principalAxes', () => {
  it('spans what the eigenvectors of the covariance span', () => {
    const random = new SeededRandom('axes');
    const dim = 8;
    const rows = 500;
    const values = Float32Array.from(
      { length: rows * dim },
      (_, at) => random.normal() * [9, 7, 5, 0.3][Math.min(3, at % dim)]!,
    );
    const { axes, count } = principalAxes({ values, dim }, 3, 1);
    const covariance = new Float64Array(dim * dim);
    for (let row = 0; row < rows; row += 1) {
      for (let i = 0; i < dim; i += 1) {
        for (let j = 0; j < dim; j += 1) covariance[i * dim + j]! += values[row * dim + i]! * values[row * dim + j]!;
      }
    }
    const { vectors } = symmetricEigen(covariance, dim);
    expect(count).toBe(3);
    // An axis of length one that lies in the span has projections whose squares sum to 1.
    for (let axis = 0; axis < 3; axis += 1) {
      let inSpan = 0;
      for (let other = 0; other < 3; other += 1) {
        let dot = 0;
        for (let d = 0; d < dim; d += 1) dot += axes[axis * dim + d]! * vectors[other * dim + d]!;
        inSpan += dot * dot;
      }
      expect(inSpan).toBeCloseTo(1, 3);
    }
  });

  it('has no more axes than there are coordinates, and zeros where nothing varies', () => {
    const { axes, count } = principalAxes({ values: new Float32Array(6), dim: 2 }, 5, 1);
    expect(count).toBe(2);
    expect([...axes]).toEqual([0, 0, 0, 0]);
  });
});
