import type { SplitFeatures } from '../split';
import { spreadRows } from './sampled-rows';

/** Rows that are enough for an estimate: of standardised columns its error is a hundredth or less. */
export const ESTIMATE_ROWS = 32_768;
/**
 * `X^T W X` for weights of the rows.
 * @param values X, [rows, width], row-major
 * @param weightOf of a row
 * @param maxRows of more rows, so many spread ones stand for all; default: the sum is of all
 * @returns symmetric, [width, width]
 */
export function weightedGram(
  { values, width }: { readonly values: Float32Array; readonly width: number },
  weightOf: (row: number) => number,
  maxRows = Infinity,
): Float64Array {
  const count = values.length / width;
  const rows = spreadRows(count, maxRows);
  const gram = new Float64Array(width * width);
  for (const row of rows) {
    const weight = (weightOf(row) * count) / rows.length;
    const from = row * width;
    for (let i = 0; i < width; i += 1) {
      const left = weight * (values[from + i] as number);
      for (let j = 0, at = i * width; j <= i; j += 1, at += 1) {
        gram[at] = (gram[at] as number) + left * (values[from + j] as number);
      }
    }
  }
  for (let i = 0; i < width; i += 1) {
    for (let j = 0; j < i; j += 1) gram[j * width + i] = gram[i * width + j] as number;
  }
  return gram;
}

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
