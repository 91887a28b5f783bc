import { WinnowError } from '@winnow/contracts';
import { checkFeatures, checkLogits, requireImages } from '../check-input';
import { cholesky, solveLower, symmetricEigen } from '../linear-algebra/decompositions';
import { scatterMatrix } from '../linear-algebra/gram-matrices';
import { fitLinearHead, originOf } from '../linear-algebra/linear-head';
import { nearestNeighbours, neighbourCount, thinReferences } from '../nearest-neighbours';
import { argmaxRows, largestOfRows } from '../row-math';
import { logSumExp } from './logit-scores';
import type { FeaturePool, OpenScore, OpenScorePool } from './open-score';

/** A score that is fitted to the pool's features. */
function featureScore(name: string, fit: (pool: FeaturePool) => (image: number) => number): OpenScore {
  return {
    name,
    needsFeatures: true,
    fit: (pool) => {
      checkLogits(pool.logits, pool.labels, pool.classCount);
      requireImages(pool.labels);
      if (pool.features === undefined || pool.features === null) {
        throw new WinnowError('MISSING_INPUT', `the open-set score ${name} needs the teacher's features`, {
          next: 'Take a score that reads logits only, or a teacher with pooled features.',
        });
      }
      checkFeatures(pool.features, pool.labels.length);
      return fit({ ...pool, features: pool.features });
    },
  };
}

/**
 * Images whose given label is the teacher's class: the pool's stand-in for known data, which scores in feature space
 * need and which the teacher's training images, being gone, cannot give. All images where there is none.
 * @returns places in the pool, ascending
 */
function confirmedRows({ logits, labels, classCount }: OpenScorePool): Int32Array {
  const predicted = argmaxRows(logits, classCount);
  const all = Int32Array.from(labels, (_, image) => image);
  const confirmed = all.filter((image) => predicted[image] === labels[image]);
  return confirmed.length > 0 ? confirmed : all;
}

/** The paper's for ten classes. */
const MAX_NEIGHBOURS = 50;

/**
 * Distance to the k-th nearest confirmed image, features divided by their length. Sun et al., "Out-of-Distribution
 * Detection with Deep Nearest Neighbors", ICML 2022. k is 50, or half a class of average size where that is less; a
 * image is not its own neighbour; many references are thinned (`thinReferences`). 0 where there are no neighbours.
 */
export const neighbourDistance = featureScore('knn', (pool) => {
  const references = thinReferences(confirmedRows(pool), pool.features, pool.seed);
  const { similarities, k } = nearestNeighbours(pool.features, {
    references,
    k: neighbourCount(references.length, pool.classCount, MAX_NEIGHBOURS),
  });
  return (image) => (k === 0 ? 0 : Math.sqrt(Math.max(0, 2 - 2 * (similarities[image * k + k - 1] as number))));
});

const RIDGE_FRACTION = 1e-6;

/**
 * Squared Mahalanobis distance to the nearest class mean, with one covariance for all classes, fitted to confirmed
 * images. Lee et al., "A Simple Unified Framework for Detecting Out-of-Distribution Samples and Adversarial Attacks",
 * NeurIPS 2018. Means by given label; where no label is confirmed, by given label over all images.
 */
export const mahalanobis = featureScore('mahalanobis', (pool) => {
  const { values, dim } = pool.features;
  const rows = confirmedRows(pool);
  const means = classMeans(pool, rows);
  const lower = cholesky(
    scatterMatrix(pool.features, rows, (row) => means.get(pool.labels[row] as number) as Float64Array),
    dim,
    RIDGE_FRACTION,
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

/**
 * Mean features of the listed images by given label, [dim] each, in the order in which classes first appear; classes
 * without an image are left out.
 */
function classMeans({ features: { values, dim }, labels }: FeaturePool, rows: Int32Array): Map<number, Float64Array> {
  const sums = new Map<number, Float64Array>();
  const counts = new Map<number, number>();
  for (const row of rows) {
    const label = labels[row] as number;
    const sum = sums.get(label) ?? new Float64Array(dim);
    for (let d = 0; d < dim; d += 1) sum[d] = (sum[d] as number) + (values[row * dim + d] as number);
    sums.set(label, sum);
    counts.set(label, (counts.get(label) ?? 0) + 1);
  }
  return new Map([...sums].map(([label, sum]) => [label, sum.map((value) => value / (counts.get(label) as number))]));
}

/** The paper's share of known activations below the threshold. */
const KEPT_FRACTION = 0.9;

/**
 * Energy of the logits after features above a threshold are cut down to it, the threshold being the 90th percentile of
 * confirmed images' features. Sun, Guo and Li, "ReAct: Out-of-distribution Detection With Rectified Activations",
 * NeurIPS 2021. The classifier is found again from the answers (`fitLinearHead`).
 */
export const rectifiedEnergy = featureScore('react', (pool) => {
  const { values, dim } = pool.features;
  const { weights, bias } = fitLinearHead(pool);
  const threshold = keptUpTo(pool);
  return (image) => {
    const cut = values.subarray(image * dim, (image + 1) * dim).map((value) => Math.min(value, threshold));
    const logits = weights.map((row, k) =>
      row.reduce((sum, weight, d) => sum + weight * (cut[d] as number), bias[k] as number),
    );
    return -logSumExp(logits);
  };
});

/** Percentile between order statistics by linear interpolation, as numpy's. */
function keptUpTo(pool: FeaturePool): number {
  const { values, dim } = pool.features;
  const rows = thinReferences(confirmedRows(pool), pool.features, pool.seed);
  const known = new Float32Array(rows.length * dim);
  rows.forEach((row, place) => known.set(values.subarray(row * dim, (row + 1) * dim), place * dim));
  known.sort();
  const at = KEPT_FRACTION * (known.length - 1);
  const [low, high] = [known[Math.floor(at)] as number, known[Math.ceil(at)] as number];
  return low + (high - low) * (at - Math.floor(at));
}

/**
 * Virtual-logit matching: `alpha |r| - log sum exp z`, r being what is left of the features, seen from the classifier's
 * origin, outside the principal half of the confirmed images' space; alpha makes |r| as large on average as their
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
