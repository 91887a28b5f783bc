import { cholesky, solveLower } from '../linear-algebra/cholesky';
import { scatterMatrix } from '../linear-algebra/scatter-matrix';
import { classMeans } from './class-means';
import { confirmedRows } from './confirmed-rows';
import { featureScore } from './feature-score';

const RIDGE_SHARE = 1e-6;

/**
 * Squared Mahalanobis distance to the nearest class mean, with one covariance for all classes, fitted to confirmed
 * pictures. Lee et al., "A Simple Unified Framework for Detecting Out-of-Distribution Samples and Adversarial Attacks",
 * NeurIPS 2018. Means by given label; where no label is confirmed, by given label over all pictures.
 */
export const mahalanobis = featureScore('mahalanobis', (pool) => {
  const { values, dim } = pool.features;
  const rows = confirmedRows(pool);
  const means = classMeans(pool, rows);
  const lower = cholesky(
    scatterMatrix(pool.features, rows, (row) => means.get(pool.labels[row] as number) as Float64Array),
    dim,
    RIDGE_SHARE,
  );
  const whitened = [...means.values()].map((mean) => solved(lower, mean));
  return (image) => {
    const own = solved(lower, values.subarray(image * dim, (image + 1) * dim));
    return whitened.reduce((least, mean) => Math.min(least, squaredDistance(own, mean)), Infinity);
  };
});

function solved(lower: Float64Array, vector: ArrayLike<number>): Float64Array {
  const copy = Float64Array.from(vector);
  solveLower(lower, copy);
  return copy;
}

function squaredDistance(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, value, index) => sum + (value - (b[index] as number)) ** 2, 0);
}
