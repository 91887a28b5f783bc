import { fitLinearHead } from '../linear-algebra/linear-head';
import { thinReferences } from '../nearest-neighbours';
import { confirmedRows } from './confirmed-rows';
import { featureScore } from './feature-score';
import { logSumExp } from './log-sum-exp';
import type { FeaturePool } from './open-score';

/** The paper's share of known activations below the threshold. */
const KEPT_SHARE = 0.9;

/**
 * Energy of the logits after features above a threshold are cut down to it, the threshold being the 90th percentile of
 * confirmed pictures' features. Sun, Guo and Li, "ReAct: Out-of-distribution Detection With Rectified Activations",
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
  const at = KEPT_SHARE * (known.length - 1);
  const [low, high] = [known[Math.floor(at)] as number, known[Math.ceil(at)] as number];
  return low + (high - low) * (at - Math.floor(at));
}
