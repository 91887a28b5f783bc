import { cholesky, solveLower, solveUpper } from './decompositions';
import type { LinearHead } from './linear-head';

/** Rows to sum at once: [rows, dim] and [rows, classCount], row-major. */
export interface RidgeRows {
  readonly features: ArrayLike<number>;
  readonly targets: ArrayLike<number>;
}

/** Sums over rows that a linear fit needs, in as much memory as dim x (dim + classCount) numbers. */
interface Moments {
  count: number;
  readonly feature: Float64Array;
  readonly target: Float64Array;
  readonly targetSquare: Float64Array;
  /** Of features with features, the lower triangle of [dim, dim]. */
  readonly square: Float64Array;
  /** [classCount, dim] */
  readonly cross: Float64Array;
}

export interface RidgeHead extends LinearHead {
  /** Ridge as a fraction of the features' mean variance. */
  readonly strength: number;
  /** Fraction of the variance of targets that was not predicted for rows outside the fit; null where they are too few. */
  readonly unexplained: number | null;
}

const FOLDS = 5;
/** Above it one fold is measured instead of five: each takes time by the cube of the width. */
const MAX_FOLDED_DIM = 512;
const STRENGTHS = [1e-4, 1e-3, 1e-2, 1e-1, 1, 10];
/** Where rows are too few to tell. */
const DEFAULT_STRENGTH = 1;
/** Rows of a fold and class below which nothing is measured. */
const MIN_HELD = 2;

/**
 * A linear classifier by ridge regression (Hoerl and Kennard 1970): weights that minimise the squared error about the
 * means, plus `strength` times the features' mean variance times their square. The strength is that of a grid which
 * predicts best what was left out of the fit: each fifth of the rows in turn, or, of more than 512 features, one fifth.
 * Rows are added in any number of calls and not kept.
 */
export class RidgeFit {
  readonly #dim: number;
  readonly #classCount: number;
  readonly #folds: readonly Moments[];
  #rows = 0;

  constructor(dim: number, classCount: number) {
    this.#dim = dim;
    this.#classCount = classCount;
    const parts = dim > MAX_FOLDED_DIM ? 2 : FOLDS;
    this.#folds = Array.from({ length: parts }, () => noMoments(dim, classCount));
  }

  add({ features, targets }: RidgeRows): void {
    const count = targets.length / this.#classCount;
    for (let row = 0; row < count; row += 1, this.#rows += 1) {
      const turn = this.#rows % FOLDS;
      const fold = this.#folds.length === FOLDS ? turn : Number(turn === FOLDS - 1);
      this.#addRow(this.#folds[fold] as Moments, { features, targets }, row);
    }
  }

  /** The fit to all rows. Without any, all is zero. */
  solve(): RidgeHead {
    const [dim, classCount] = [this.#dim, this.#classCount];
    const held = (this.#folds.length === FOLDS ? this.#folds : this.#folds.slice(1)).filter(
      ({ count }) => count >= MIN_HELD && count < this.#rows,
    );
    const all = sumOf(this.#folds, dim, classCount);
    const variance = varianceOf(all);
    const total = held.reduce((sum, { count }) => sum + count, 0);
    const tried = held.length === 0 || variance === 0 ? [] : this.#measure(held);
    const [best] = [...tried].sort((a, b) => a.error - b.error);
    const strength = best?.strength ?? DEFAULT_STRENGTH;
    const head = solveRidge(centre(all, dim, classCount), [strength])[0] as LinearHead;
    return { ...head, strength, unexplained: best === undefined ? null : best.error / total / variance };
  }

  /** Squared errors of every strength, summed over what is held out in turn. */
  #measure(held: readonly Moments[]): readonly { readonly strength: number; readonly error: number }[] {
    const errors = STRENGTHS.map(() => 0);
    for (const fold of held) {
      const rest = this.#folds.filter((other) => other !== fold);
      const centred = centre(sumOf(rest, this.#dim, this.#classCount), this.#dim, this.#classCount);
      solveRidge(centred, STRENGTHS).forEach((head, at) => {
        errors[at] = (errors[at] as number) + squaredError(head, fold, this.#dim);
      });
    }
    return STRENGTHS.map((strength, at) => ({ strength, error: errors[at] as number }));
  }

  #addRow(moments: Moments, { features, targets }: RidgeRows, row: number): void {
    const [dim, classCount] = [this.#dim, this.#classCount];
    const { feature, target, targetSquare, square, cross } = moments;
    const [from, targetFrom] = [row * dim, row * classCount];
    moments.count += 1;
    for (let i = 0; i < dim; i += 1) {
      const value = features[from + i] as number;
      // Features after a rectifier are often zero.
      if (value === 0) continue;
      feature[i] = (feature[i] as number) + value;
      for (let j = 0, at = i * dim; j <= i; j += 1, at += 1) {
        square[at] = (square[at] as number) + value * (features[from + j] as number);
      }
      for (let k = 0, at = i; k < classCount; k += 1, at += dim) {
        cross[at] = (cross[at] as number) + value * (targets[targetFrom + k] as number);
      }
    }
    for (let k = 0; k < classCount; k += 1) {
      const value = targets[targetFrom + k] as number;
      target[k] = (target[k] as number) + value;
      targetSquare[k] = (targetSquare[k] as number) + value * value;
    }
  }
}

function noMoments(dim: number, classCount: number): Moments {
  const zeros = (length: number) => new Float64Array(length);
  return {
    count: 0,
    feature: zeros(dim),
    target: zeros(classCount),
    targetSquare: zeros(classCount),
    square: zeros(dim * dim),
    cross: zeros(classCount * dim),
  };
}

function sumOf(parts: readonly Moments[], dim: number, classCount: number): Moments {
  const sum = noMoments(dim, classCount);
  for (const part of parts) {
    sum.count += part.count;
    for (const key of ['feature', 'target', 'targetSquare', 'square', 'cross'] as const) {
      const [into, from] = [sum[key], part[key]];
      for (let at = 0; at < into.length; at += 1) into[at] = (into[at] as number) + (from[at] as number);
    }
  }
  return sum;
}

/** Of all targets about their class's mean, a row. */
function varianceOf({ count, target, targetSquare }: Moments): number {
  if (count === 0) return 0;
  return target.reduce((sum, value, k) => sum + (targetSquare[k] as number) / count - (value / count) ** 2, 0);
}

interface Centred {
  readonly dim: number;
  readonly classCount: number;
  readonly featureMean: Float64Array;
  readonly targetMean: Float64Array;
  /** [dim, dim] */
  readonly covariance: Float64Array;
  /** [classCount, dim] */
  readonly crossCovariance: Float64Array;
}

function centre({ count, feature, target, square, cross }: Moments, dim: number, classCount: number): Centred {
  const rows = Math.max(1, count);
  const featureMean = feature.map((value) => value / rows);
  const targetMean = target.map((value) => value / rows);
  const covariance = new Float64Array(dim * dim);
  for (let i = 0; i < dim; i += 1) {
    for (let j = 0; j <= i; j += 1) {
      const value = (square[i * dim + j] as number) / rows - (featureMean[i] as number) * (featureMean[j] as number);
      covariance[i * dim + j] = value;
      covariance[j * dim + i] = value;
    }
  }
  const crossCovariance = cross.map(
    (value, at) => value / rows - (targetMean[Math.floor(at / dim)] as number) * (featureMean[at % dim] as number),
  );
  return { dim, classCount, featureMean, targetMean, covariance, crossCovariance };
}

function solveRidge({ dim, classCount, ...means }: Centred, strengths: readonly number[]): readonly LinearHead[] {
  const { featureMean, targetMean, covariance, crossCovariance } = means;
  return strengths.map((strength) => {
    const lower = cholesky(covariance, dim, strength);
    const weights = Array.from({ length: classCount }, (_, k) => {
      const weight = crossCovariance.slice(k * dim, (k + 1) * dim);
      solveLower(lower, weight);
      solveUpper(lower, weight);
      return weight;
    });
    const bias = targetMean.map((mean, k) =>
      (weights[k] as Float64Array).reduce((rest, weight, d) => rest - weight * (featureMean[d] as number), mean),
    );
    return { weights, bias };
  });
}

/** Of rows that are known by their moments only. */
function squaredError({ weights, bias }: LinearHead, rows: Moments, dim: number): number {
  const { count, feature, target, targetSquare, square, cross } = rows;
  return weights.reduce((sum, weight, k) => {
    const offset = bias[k] as number;
    let [crossed, predicted, squared] = [0, 0, 0];
    for (let i = 0; i < dim; i += 1) {
      const value = weight[i] as number;
      crossed += value * (cross[k * dim + i] as number);
      predicted += value * (feature[i] as number);
      let along = (value * (square[i * dim + i] as number)) / 2;
      for (let j = 0; j < i; j += 1) along += (square[i * dim + j] as number) * (weight[j] as number);
      squared += 2 * value * along;
    }
    const error = (targetSquare[k] as number) - 2 * crossed + squared;
    return sum + error + 2 * offset * (predicted - (target[k] as number)) + count * offset * offset;
  }, 0);
}
