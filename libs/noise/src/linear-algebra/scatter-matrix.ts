import type { SplitFeatures } from '../split';

/**
 * Mean of `(f - centre)(f - centre)^T` over the listed rows.
 * @param centreOf [dim]
 * @returns [dim, dim]
 */
export function scatterMatrix(
  { values, dim }: SplitFeatures,
  rows: Int32Array,
  centreOf: (row: number) => Float64Array,
): Float64Array {
  const matrix = new Float64Array(dim * dim);
  const offset = new Float64Array(dim);
  for (const row of rows) {
    const centre = centreOf(row);
    for (let d = 0; d < dim; d += 1) offset[d] = (values[row * dim + d] as number) - (centre[d] as number);
    for (let i = 0; i < dim; i += 1) {
      const left = (offset[i] as number) / rows.length;
      for (let j = 0; j <= i; j += 1)
        matrix[i * dim + j] = (matrix[i * dim + j] as number) + left * (offset[j] as number);
    }
  }
  for (let i = 0; i < dim; i += 1) {
    for (let j = 0; j < i; j += 1) matrix[j * dim + i] = matrix[i * dim + j] as number;
  }
  return matrix;
}
