import { EVD, Matrix } from 'ml-matrix';

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
