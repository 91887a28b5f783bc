import { Matrix, pseudoInverse } from 'ml-matrix';
import type { SplitFeatures, SplitInput } from '../split';
import { cholesky, solveLower, solveUpper } from './decompositions';
import { scatterMatrix } from './gram-matrices';

type HeadOutputs = Pick<SplitInput, 'logits' | 'classCount'> & { readonly features: SplitFeatures };

/** `logits = features W^T + b`. */
export interface LinearHead {
  /** [classCount, dim] */
  readonly weights: Float64Array[];
  /** [classCount] */
  readonly bias: Float64Array;
}

/** Only breaks ties between features that always go together. */
const RIDGE_FRACTION = 1e-9;

/**
 * The teacher's last layer, found again from its answers by least squares: exact up to rounding where the logits are a
 * linear map of the features and the pool has more images than features (a weight of features that never vary is 0).
 */
export function fitLinearHead({ logits, classCount, features }: HeadOutputs): LinearHead {
  const { values, dim } = features;
  const count = logits.length / classCount;
  const centre = columnMeans(values, dim);
  const logitCentre = columnMeans(logits, classCount);
  const rows = Int32Array.from({ length: count }, (_, image) => image);
  const lower = cholesky(
    scatterMatrix(features, rows, () => centre),
    dim,
    RIDGE_FRACTION,
  );
  const weights = Array.from({ length: classCount }, (_, k) => {
    const product = new Float64Array(dim);
    for (let image = 0; image < count; image += 1) {
      const logit = ((logits[image * classCount + k] as number) - (logitCentre[k] as number)) / count;
      for (let d = 0; d < dim; d += 1) {
        const offset = (values[image * dim + d] as number) - (centre[d] as number);
        product[d] = (product[d] as number) + logit * offset;
      }
    }
    solveLower(lower, product);
    solveUpper(lower, product);
    return product;
  });
  const bias = logitCentre.map((mean, k) =>
    (weights[k] as Float64Array).reduce((rest, weight, d) => rest - weight * (centre[d] as number), mean),
  );
  return { weights, bias };
}

function columnMeans(values: Float32Array, columns: number): Float64Array {
  const means = new Float64Array(columns);
  const rows = values.length / columns;
  values.forEach((value, at) => (means[at % columns] = (means[at % columns] as number) + value / rows));
  return means;
}

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
