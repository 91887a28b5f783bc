import type { SplitFeatures } from '../split';
import { spreadRows } from './sampled-rows';
import type { Table } from './table-products';

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
  { values, width }: Table,
  weightOf: (row: number) => number,
  maxRows = Infinity,
): Float64Array {
  const count = values.length / width;
  const rows = spreadRows(count, maxRows);
  const gram = new Float64Array(width * width);
  // Four rows at once, each sum still in their order: an entry is read and written a quarter as often.
  const four = Array.from({ length: 4 }, () => new Float64Array(width));
  const [a, b, c, d] = four as [Float64Array, Float64Array, Float64Array, Float64Array];
  for (let turn = 0; turn < rows.length; turn += 4) {
    const weights = four.map((own, at) => {
      const row = rows[turn + at];
      if (row === undefined) return 0;
      own.set(values.subarray(row * width, (row + 1) * width));
      return (weightOf(row) * count) / rows.length;
    });
    const [ofA, ofB, ofC, ofD] = weights as [number, number, number, number];
    for (let i = 0; i < width; i += 1) {
      const [leftA, leftB] = [ofA * (a[i] as number), ofB * (b[i] as number)];
      const [leftC, leftD] = [ofC * (c[i] as number), ofD * (d[i] as number)];
      for (let j = 0, at = i * width; j <= i; j += 1, at += 1) {
        const before = (gram[at] as number) + leftA * (a[j] as number) + leftB * (b[j] as number);
        gram[at] = before + leftC * (c[j] as number) + leftD * (d[j] as number);
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
