import { cholesky, solveLower, solveUpper } from './linear-algebra/decompositions';
import { principalAxes } from './linear-algebra/principal-axes';
import type { SplitFeatures } from './split';

/** A linear classifier of features that is added to a teacher's logits: z = z_T + W f + b. */
export interface LogitCorrection {
  /** W, [classCount, dim], row-major */
  readonly weights: Float64Array;
  /** b, [classCount] */
  readonly bias: Float64Array;
}

/** What a correction is fitted to. */
export interface CorrectedLogits {
  /** The teacher's, [count, classCount] */
  readonly logits: Float32Array;
  readonly features: SplitFeatures;
  /** What softmax(z / temperature) should be, [count, classCount] */
  readonly targets: Float32Array;
  readonly classCount: number;
  readonly temperature: number;
}

/** Directions of features that hardly vary are left alone: there is little to learn along them, and much to overfit. */
const MAX_COORDINATES = 64;
const STEPS = 40;

interface Coordinates {
  /** [count, width]; the first column is 1 */
  readonly values: Float64Array;
  readonly width: number;
  readonly axes: Float64Array;
  readonly mean: Float64Array;
  readonly scale: number;
}

/**
 * Fits the correction by ridge logistic regression on soft targets, starting from none, along the largest principal axes of
 * the features. Each step goes up by the fixed bound `X^T X / 2T` on the curvature (Boehning 1992): no step length to choose.
 * @param ridge on every weight but the constant's, features scaled to mean variance 1; about the images that a weight must
 *   convince
 */
export function fitLogitCorrection(
  pool: CorrectedLogits,
  { ridge, seed }: { readonly ridge: number; readonly seed: number | string },
): LogitCorrection {
  const { classCount } = pool;
  const coordinates = coordinatesOf(pool.features, seed);
  const { width } = coordinates;
  const factor = cholesky(boundOf(coordinates, { ridge, temperature: pool.temperature }), width, 1e-9);
  const weights = Array.from({ length: classCount }, () => new Float64Array(width));
  for (let step = 0; step < STEPS; step += 1) {
    const slopes = slopesAt(weights, pool, coordinates);
    slopes.forEach((slope, k) => {
      const own = weights[k] as Float64Array;
      for (let d = 1; d < width; d += 1) slope[d] = (slope[d] as number) - ridge * (own[d] as number);
      solveLower(factor, slope);
      solveUpper(factor, slope);
      for (let d = 0; d < width; d += 1) own[d] = (own[d] as number) + (slope[d] as number);
    });
  }
  return onFeatures(weights, coordinates, pool.features.dim);
}

/** @returns z_T + W f + b, [count, classCount] */
export function correctLogits(
  { weights, bias }: LogitCorrection,
  { logits, features: { values, dim } }: Pick<CorrectedLogits, 'logits' | 'features'>,
): Float32Array {
  const classCount = bias.length;
  return logits.map((logit, at) => {
    const [row, k] = [Math.floor(at / classCount), at % classCount];
    let sum = bias[k] as number;
    for (let d = 0; d < dim; d += 1) sum += (weights[k * dim + d] as number) * (values[row * dim + d] as number);
    return logit + sum;
  });
}

/** The mean of corrections, a fraction of the way from none. */
export function meanCorrection(corrections: readonly LogitCorrection[], fraction: number): LogitCorrection {
  const mean = (part: keyof LogitCorrection): Float64Array =>
    (corrections[0] as LogitCorrection)[part].map((_, at) => {
      const sum = corrections.reduce((total, correction) => total + (correction[part][at] as number), 0);
      return (fraction * sum) / corrections.length;
    });
  return { weights: mean('weights'), bias: mean('bias') };
}

function coordinatesOf(features: SplitFeatures, seed: number | string): Coordinates {
  const { values, dim } = features;
  const count = values.length / dim;
  const { axes, count: axisCount } = principalAxes(features, MAX_COORDINATES, seed);
  const mean = new Float64Array(dim);
  values.forEach((value, at) => (mean[at % dim] = (mean[at % dim] as number) + value / count));
  const width = 1 + axisCount;
  const coordinates = new Float64Array(count * width);
  let squares = 0;
  for (let row = 0; row < count; row += 1) {
    coordinates[row * width] = 1;
    for (let axis = 0; axis < axisCount; axis += 1) {
      let along = 0;
      for (let d = 0; d < dim; d += 1) {
        along += (axes[axis * dim + d] as number) * ((values[row * dim + d] as number) - (mean[d] as number));
      }
      coordinates[row * width + 1 + axis] = along;
      squares += along * along;
    }
  }
  const scale = squares > 0 ? 1 / Math.sqrt(squares / (count * axisCount)) : 0;
  for (let at = 0; at < coordinates.length; at += 1) {
    if (at % width !== 0) coordinates[at] = scale * (coordinates[at] as number);
  }
  return { values: coordinates, width, axes, mean, scale };
}

/** `X^T X / 2T` and the ridge, [width, width] */
function boundOf(
  { values, width }: Coordinates,
  { ridge, temperature }: { readonly ridge: number; readonly temperature: number },
): Float64Array {
  const bound = new Float64Array(width * width);
  for (let from = 0; from < values.length; from += width) {
    for (let i = 0; i < width; i += 1) {
      const left = (values[from + i] as number) / (2 * temperature);
      for (let j = 0; j <= i; j += 1) {
        bound[i * width + j] = (bound[i * width + j] as number) + left * (values[from + j] as number);
      }
    }
  }
  for (let i = 0; i < width; i += 1) {
    if (i > 0) bound[i * width + i] = (bound[i * width + i] as number) + ridge;
    for (let j = 0; j < i; j += 1) bound[j * width + i] = bound[i * width + j] as number;
  }
  return bound;
}

/** Of the likelihood, times the temperature, for each class, [classCount][width] */
function slopesAt(
  weights: readonly Float64Array[],
  { logits, targets, classCount, temperature }: CorrectedLogits,
  { values, width }: Coordinates,
): Float64Array[] {
  const slopes = weights.map(() => new Float64Array(width));
  const chances = new Float64Array(classCount);
  for (let row = 0; row < targets.length / classCount; row += 1) {
    const x = values.subarray(row * width, (row + 1) * width);
    const from = row * classCount;
    let top = -Infinity;
    weights.forEach((own, k) => {
      let sum = logits[from + k] as number;
      for (let d = 0; d < width; d += 1) sum += (own[d] as number) * (x[d] as number);
      chances[k] = sum / temperature;
      top = Math.max(top, chances[k] as number);
    });
    let total = 0;
    for (let k = 0; k < classCount; k += 1) {
      chances[k] = Math.exp((chances[k] as number) - top);
      total += chances[k] as number;
    }
    slopes.forEach((slope, k) => {
      const miss = (targets[from + k] as number) - (chances[k] as number) / total;
      for (let d = 0; d < width; d += 1) slope[d] = (slope[d] as number) + miss * (x[d] as number);
    });
  }
  return slopes;
}

/** The same map from the features themselves. */
function onFeatures(
  weights: readonly Float64Array[],
  { axes, mean, scale, width }: Coordinates,
  dim: number,
): LogitCorrection {
  const all = new Float64Array(weights.length * dim);
  const bias = Float64Array.from(weights, (own, k) => {
    let constant = own[0] as number;
    for (let d = 0; d < dim; d += 1) {
      let sum = 0;
      for (let axis = 0; axis < width - 1; axis += 1) {
        sum += scale * (own[1 + axis] as number) * (axes[axis * dim + d] as number);
      }
      all[k * dim + d] = sum;
      constant -= sum * (mean[d] as number);
    }
    return constant;
  });
  return { weights: all, bias };
}
