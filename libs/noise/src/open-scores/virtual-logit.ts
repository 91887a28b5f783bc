import { largestOfRows } from '../largest-of-rows';
import { fitLinearHead } from '../linear-algebra/linear-head';
import { originOf } from '../linear-algebra/linear-head-origin';
import { scatterMatrix } from '../linear-algebra/scatter-matrix';
import { symmetricEigen } from '../linear-algebra/symmetric-eigen';
import { confirmedRows } from './confirmed-rows';
import { featureScore } from './feature-score';
import { logSumExp } from './log-sum-exp';

/**
 * Virtual-logit matching: `alpha |r| - log sum exp z`, r being what is left of the features, seen from the classifier's
 * origin, outside the principal half of the confirmed pictures' space; alpha makes |r| as large on average as their
 * largest logits. Wang et al., "ViM: Out-Of-Distribution with Virtual-logit Matching", CVPR 2022 (the
 * logarithm of its ratio). The classifier is found again from the answers (`fitLinearHead`). Takes time by the cube of
 * the number of features (`symmetricEigen`).
 */
export const virtualLogit = featureScore('vim', (pool) => {
  const { values, dim } = pool.features;
  const rows = confirmedRows(pool);
  const origin = originOf(fitLinearHead(pool));
  const { vectors } = symmetricEigen(
    scatterMatrix(pool.features, rows, () => origin),
    dim,
  );
  const rest = vectors.subarray(Math.floor(dim / 2) * dim);
  const residual = (image: number): number =>
    residualLength(values.subarray(image * dim, (image + 1) * dim), origin, rest);
  const largest = largestOfRows(pool.logits, pool.classCount);
  let [logitSum, residualSum] = [0, 0];
  for (const row of rows) {
    logitSum += largest[row] as number;
    residualSum += residual(row);
  }
  const alpha = residualSum > 0 ? logitSum / residualSum : 0;
  return (image) =>
    alpha * residual(image) - logSumExp(pool.logits.subarray(image * pool.classCount, (image + 1) * pool.classCount));
});

/** Length of the part of `feature - origin` that lies along the given directions, [directions, dim]. */
function residualLength(feature: Float32Array, origin: Float64Array, directions: Float64Array): number {
  const dim = feature.length;
  let square = 0;
  for (let from = 0; from < directions.length; from += dim) {
    let along = 0;
    for (let d = 0; d < dim; d += 1) {
      along += (directions[from + d] as number) * ((feature[d] as number) - (origin[d] as number));
    }
    square += along * along;
  }
  return Math.sqrt(square);
}
