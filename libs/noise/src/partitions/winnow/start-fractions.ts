import { argmaxRows, sigmoid } from '../../row-math';
import { evenlySpacedRows } from '../../linear-algebra/sampled-rows';
import type { OpenSetBasis } from './open-set-classifier';

const BISECTIONS = 60;
const HALF_RANGE = 40;
const MAX_ROWS = 4096;
/** Of what labels and teacher disagree on. */
const OPEN_FRACTION = 0.6;
const WRONG_FRACTION = 0.4;
/** A pool whose labels all agree may still hold an open image. */
const MIN_FRACTION = 1e-3;

/** Fractions of the pool to start from: images that are open, and wrong labels of the others. */
export interface StartFractions {
  readonly open: number;
  readonly wrong: number;
}

/** Before the fit, three fifths of what labels and teacher disagree on are taken for open images, the rest for wrong labels. */
export function startFractions(logits: Float32Array, labels: Int32Array, classCount: number): StartFractions {
  const agreeing = argmaxRows(logits, classCount).filter((best, row) => best === labels[row]).length;
  const disagreement = Math.max(MIN_FRACTION, 1 - agreeing / labels.length);
  return { open: OPEN_FRACTION * disagreement, wrong: WRONG_FRACTION * disagreement };
}

/**
 * Chance of an image at the mean of all columns under which the mean chance of the images is what is asked for: weights
 * that are large before any label is seen (`OpenSetBasis.means`) raise it far above that of the constant alone.
 * @param meanChance between 0 and 1
 */
export function chanceAtMean({ values, width, means }: OpenSetBasis, meanChance: number): number {
  const rows = evenlySpacedRows(values.length / width, MAX_ROWS);
  const logOdds = Float64Array.from(rows, (row) => {
    const from = row * width;
    return means.reduce((sum, mean, d) => (d === 0 ? 0 : sum + mean * (values[from + d] as number)), 0);
  });
  let [low, high] = [-HALF_RANGE, HALF_RANGE];
  for (let step = 0; step < BISECTIONS; step += 1) {
    const middle = (low + high) / 2;
    const mean = logOdds.reduce((sum, own) => sum + sigmoid(middle + own) / rows.length, 0);
    if (mean > meanChance) high = middle;
    else low = middle;
  }
  return sigmoid((low + high) / 2);
}
