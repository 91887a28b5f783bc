import { Matrix, pseudoInverse } from 'ml-matrix';
import type { LinearHead } from './linear-head';

/** Singular values of W below this fraction of the largest are noise of single precision. */
const MIN_SINGULAR_FRACTION = 1e-5;

/**
 * The point of feature space, nearest to zero, where the classifier comes nearest to giving zeros: `-W^+ b` (rows of
 * trained classifiers often sum to zero, so W has dependent rows).
 * @returns [dim]
 */
export function originOf({ weights, bias }: LinearHead): Float64Array {
  const matrix = new Matrix(weights.map((row) => [...row]));
  // The library multiplies its threshold by the longer side.
  const inverse = pseudoInverse(matrix, MIN_SINGULAR_FRACTION / Math.max(matrix.rows, matrix.columns));
  return Float64Array.from(inverse.mmul(Matrix.columnVector([...bias])).to1DArray(), (value) => -value);
}
