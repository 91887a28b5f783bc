import { SeededRandom } from '@winnow/random';
import type { SplitFeatures } from '../split';
import { dot } from '../row-math';
import { evenlySpacedRows } from './sampled-rows';

const MAX_ROWS = 4096;
const PASSES = 4;

/** A linear map to fewer coordinates that keeps what varies most. */
export interface PrincipalAxes {
  /** [axes, dim], rows of length one and at right angles */
  readonly axes: Float64Array;
  readonly count: number;
}

/**
 * The subspace of the largest variance about the mean by orthogonal iteration (Golub and Van Loan, section 8.2) on at
 * most 4096 evenly spaced rows: cheap for thousands of coordinates, where an eigendecomposition is not.
 * @param count axes; lowered to the number of coordinates
 */
export function principalAxes({ values, dim }: SplitFeatures, count: number, seed: number | string): PrincipalAxes {
  const rows = values.length / dim;
  const used = evenlySpacedRows(rows, MAX_ROWS);
  const mean = new Float64Array(dim);
  for (const row of used) {
    for (let d = 0; d < dim; d += 1) mean[d] = (mean[d] as number) + (values[row * dim + d] as number) / used.length;
  }
  const random = new SeededRandom(seed).fork('principal-axes');
  const size = Math.min(count, dim);
  let axes = orthonormal(
    Float64Array.from({ length: size * dim }, () => random.normal()),
    dim,
  );
  const centred = new Float64Array(dim);
  for (let pass = 0; pass < PASSES; pass += 1) {
    const next = new Float64Array(size * dim);
    for (const row of used) {
      for (let d = 0; d < dim; d += 1) centred[d] = (values[row * dim + d] as number) - (mean[d] as number);
      for (let axis = 0; axis < size; axis += 1) {
        let along = 0;
        for (let d = 0; d < dim; d += 1) along += (centred[d] as number) * (axes[axis * dim + d] as number);
        for (let d = 0; d < dim; d += 1) {
          const at = axis * dim + d;
          next[at] = (next[at] as number) + along * (centred[d] as number);
        }
      }
    }
    axes = orthonormal(next, dim);
  }
  return { axes, count: size };
}

/** Gram and Schmidt, each row against those before it, twice; a row without anything new becomes zero. */
function orthonormal(rows: Float64Array, dim: number): Float64Array {
  for (let row = 0; row < rows.length / dim; row += 1) {
    const own = rows.subarray(row * dim, (row + 1) * dim);
    const before = Math.sqrt(dot(own, own));
    for (let round = 0; round < 2; round += 1) {
      for (let other = 0; other < row; other += 1) {
        const axis = rows.subarray(other * dim, (other + 1) * dim);
        const along = dot(own, axis);
        for (let d = 0; d < dim; d += 1) own[d] = (own[d] as number) - along * (axis[d] as number);
      }
    }
    const length = Math.sqrt(dot(own, own));
    const isNew = length > 1e-9 * before && length > 0;
    for (let d = 0; d < dim; d += 1) own[d] = isNew ? (own[d] as number) / length : 0;
  }
  return rows;
}
