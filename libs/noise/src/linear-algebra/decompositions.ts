import { WinnowError } from '@winnow/contracts';
import { EVD, Matrix } from 'ml-matrix';

/**
 * Lower triangle L with `L L^T = A + ridge I`, which keeps features that never vary from dividing by zero.
 * @param matrix A, symmetric, positive semi-definite, [size, size]
 * @param ridgeFraction ridge as a share of A's mean diagonal; where that is zero the ridge is 1
 * @throws WinnowError INTERNAL for another matrix
 */
export function cholesky(matrix: Float64Array, size: number, ridgeFraction: number): Float64Array {
  let trace = 0;
  for (let i = 0; i < size; i += 1) trace += matrix[i * size + i] as number;
  const ridge = trace > 0 ? (ridgeFraction * trace) / size : 1;
  const lower = new Float64Array(size * size);
  for (let i = 0; i < size; i += 1) lower.set(matrix.subarray(i * size, i * size + i + 1), i * size);
  for (let j = 0; j < size; j += 1) {
    let square = (lower[j * size + j] as number) + ridge;
    for (let k = 0; k < j; k += 1) square -= (lower[j * size + k] as number) * (lower[j * size + k] as number);
    if (!(square > 0)) throw new WinnowError('INTERNAL', 'a covariance is not positive definite');
    lower[j * size + j] = Math.sqrt(square);
    for (let i = j + 1; i < size; i += 4) solveEntry(lower, lower, { size, entry: j, starts: fourRows(i, size) });
  }
  return lower;
}

/** Solves `L x = b` in place for every row b. @param rows [count, size] */
export function solveLowerRows(lower: Float64Array, rows: Float64Array, size: number): void {
  const count = rows.length / size;
  for (let first = 0; first < count; first += 4) {
    const starts = fourRows(first, size, count);
    for (let entry = 0; entry < size; entry += 1) solveEntry(lower, rows, { size, entry, starts });
  }
}

type FourStarts = readonly [number, number, number, number];

/** Where four rows of a table begin that are computed at once, as a sum waits for itself; past the end the last one again. */
function fourRows(first: number, size: number, count = size): FourStarts {
  const start = (lane: number): number => Math.min(first + lane, count - 1) * size;
  return [start(0), start(1), start(2), start(3)];
}

/** One entry of `L x = b` for four rows b, from those before it. The rows may be L's own, of which none is read above that entry. */
function solveEntry(
  lower: Float64Array,
  rows: Float64Array,
  { size, entry, starts: [a, b, c, d] }: { readonly size: number; readonly entry: number; readonly starts: FourStarts },
): void {
  let sumA = rows[a + entry] as number;
  let sumB = rows[b + entry] as number;
  let sumC = rows[c + entry] as number;
  let sumD = rows[d + entry] as number;
  const from = entry * size;
  for (let k = 0; k < entry; k += 1) {
    const factor = lower[from + k] as number;
    sumA -= factor * (rows[a + k] as number);
    sumB -= factor * (rows[b + k] as number);
    sumC -= factor * (rows[c + k] as number);
    sumD -= factor * (rows[d + k] as number);
  }
  const diagonal = lower[from + entry] as number;
  rows[a + entry] = sumA / diagonal;
  rows[b + entry] = sumB / diagonal;
  rows[c + entry] = sumC / diagonal;
  rows[d + entry] = sumD / diagonal;
}

/** Solves `L x = b` in place. */
export function solveLower(lower: Float64Array, b: Float64Array): void {
  const size = b.length;
  for (let i = 0; i < size; i += 1) {
    let sum = b[i] as number;
    for (let k = 0; k < i; k += 1) sum -= (lower[i * size + k] as number) * (b[k] as number);
    b[i] = sum / (lower[i * size + i] as number);
  }
}

/** Solves `L^T x = b` in place. */
export function solveUpper(lower: Float64Array, b: Float64Array): void {
  const size = b.length;
  for (let i = size - 1; i >= 0; i -= 1) {
    let sum = b[i] as number;
    for (let k = i + 1; k < size; k += 1) sum -= (lower[k * size + i] as number) * (b[k] as number);
    b[i] = sum / (lower[i * size + i] as number);
  }
}

/** Eigenvalues, largest first, and their eigenvectors of length one. */
export interface SymmetricEigen {
  /** [size] */
  readonly values: Float64Array;
  /** One eigenvector a row, [size, size]. */
  readonly vectors: Float64Array;
}

/**
 * Eigendecomposition of a symmetric matrix. The sign of an eigenvector is not defined.
 * @param matrix [size, size]
 */
export function symmetricEigen(matrix: Float64Array, size: number): SymmetricEigen {
  const { realEigenvalues, eigenvectorMatrix } = new EVD(Matrix.from1DArray(size, size, matrix), {
    assumeSymmetric: true,
  });
  // The library sorts from the smallest.
  const order = Array.from({ length: size }, (_, index) => size - 1 - index);
  return {
    values: Float64Array.from(order, (index) => realEigenvalues[index] as number),
    vectors: Float64Array.from(order.flatMap((index) => eigenvectorMatrix.getColumn(index))),
  };
}
