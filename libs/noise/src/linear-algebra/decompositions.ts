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
  for (let i = 0; i < size; i += 1) {
    for (let j = 0; j <= i; j += 1) {
      let sum = (matrix[i * size + j] as number) + (i === j ? ridge : 0);
      for (let k = 0; k < j; k += 1) sum -= (lower[i * size + k] as number) * (lower[j * size + k] as number);
      if (i === j && !(sum > 0)) throw new WinnowError('INTERNAL', 'a covariance is not positive definite');
      lower[i * size + j] = i === j ? Math.sqrt(sum) : sum / (lower[j * size + j] as number);
    }
  }
  return lower;
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
