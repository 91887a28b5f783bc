import { cholesky, solveLower, solveLowerRows, solveUpper } from '../../linear-algebra/decompositions';
import { ESTIMATE_ROWS, weightedGram } from '../../linear-algebra/gram-matrices';
import { addColumnProducts, rowProducts } from '../../linear-algebra/table-products';
import { sigmoid } from '../../row-math';

/** What the classifier sees of the images: a constant and standardised columns. */
export interface OpenSetBasis {
  /** [count, width], row-major; the first column is 1 */
  readonly values: Float32Array;
  readonly width: number;
  /** First column of each block of columns that are trusted alike, ascending; the first is 1 */
  readonly blocks: readonly number[];
  /** What the weights are before any label is seen, [width] */
  readonly means: Float64Array;
}

export interface OpenSetSettings {
  /** Fraction of open images to start from. */
  readonly fraction: number;
  /** Holds every weight but the constant at its mean: about the images that must convince it. */
  readonly ridge: number;
  /** Whether every block finds a ridge of its own, from that one on. */
  readonly adapts: boolean;
}

const STEPS = 4;
/** Adapted after each of these calls of `learn`, and after every fourth later on. */
const EARLY_ROUNDS = 8;
const LATE_ROUNDS = 4;
const MIN_RIDGE = 1;
const MAX_RIDGE = 1e6;
/** Above so many images a column, none moves its own chance by anything that counts. */
const MAX_COUNTED = 256;
/** Solved at once. */
const LEVERAGE_ROWS = 1024;
/** Bounds how far an image can be moved when it is taken out. */
const MIN_LEFT = 0.1;

/**
 * Chance that an image is open, before its label is seen: a ridge logistic regression on what the teacher makes of it.
 * Each step goes up by the fixed bound `X^T X / 4` on the curvature (Boehning and Lindsay 1988): factored once for a
 * ridge, never lower than before, no step length to choose. The bound is of all images, or it would be none; what a ridge is
 * chosen by is an estimate, and of many images a sample tells it.
 *
 * Where it adapts, it chooses its own capacity. Every block of columns has a ridge by MacKay's rule (1992, "Bayesian
 * interpolation"): `gamma / |w - mean|^2`, gamma being the weights that the data determine, under the information that labels give of the
 * log-odds, `sum (r - o)^2 x x^T` for posterior r and chance o. It starts strong, so that a column is let in by what it
 * explains, and leaves columns that explain nothing at their mean. And the chance of an image is that of a classifier that has not
 * seen its label (one Newton step without it: "approximate leave-one-out"), or a classifier of many columns would
 * confirm on each image what it learnt from that image.
 */
export class OpenSetClassifier {
  readonly #basis: OpenSetBasis;
  readonly #adapts: boolean;
  readonly #weights: Float64Array;
  readonly #gram: Float64Array;
  /** Of every column; 0 for the constant */
  readonly #ridges: Float64Array;
  #factor: Float64Array;
  /** Of every image; null where it does not count */
  readonly #leverages: Float64Array | null;
  /** By the weights as they are, [count] */
  readonly #logOdds: Float64Array;
  /** Their chances, [count] */
  readonly #fitted: Float64Array;
  #round = 0;
  /** Chance of every image, [count] */
  readonly chances: Float64Array;

  constructor(basis: OpenSetBasis, { fraction, ridge, adapts }: OpenSetSettings) {
    const { values, width } = basis;
    const count = values.length / width;
    this.#basis = basis;
    this.#adapts = adapts;
    this.#weights = basis.means.slice();
    this.#weights[0] = Math.log(fraction / (1 - fraction));
    this.#ridges = new Float64Array(width).fill(ridge);
    this.#ridges[0] = 0;
    this.#gram = weightedGram(basis, () => 0.25);
    this.#factor = this.#factored(this.#gram);
    this.#leverages = adapts && count < MAX_COUNTED * width ? new Float64Array(count) : null;
    this.#logOdds = new Float64Array(count);
    this.#fitted = new Float64Array(count);
    this.#fit();
    this.chances = this.#fitted.slice();
  }

  /** Moves towards the posterior chances, [count]. */
  learn(posteriors: Float64Array): void {
    for (let step = 0; step < STEPS; step += 1) this.#climb(posteriors);
    this.#round += 1;
    if (this.#adapts && (this.#round <= EARLY_ROUNDS || this.#round % LATE_ROUNDS === 0)) this.#adapt(posteriors);
    for (let row = 0; row < posteriors.length; row += 1) this.chances[row] = this.#chanceWithout(row, posteriors);
  }

  #climb(posteriors: Float64Array): void {
    const { width, means } = this.#basis;
    const slope = this.#weights.map((weight, d) => (this.#ridges[d] as number) * ((means[d] as number) - weight));
    const misses = posteriors.map((posterior, row) => posterior - (this.#fitted[row] as number));
    addColumnProducts(this.#basis, misses, slope);
    solveLower(this.#factor, slope);
    solveUpper(this.#factor, slope);
    for (let d = 0; d < width; d += 1) this.#weights[d] = (this.#weights[d] as number) + (slope[d] as number);
    this.#fit();
  }

  #fit(): void {
    rowProducts(this.#basis, this.#weights, this.#logOdds);
    for (let row = 0; row < this.#fitted.length; row += 1) this.#fitted[row] = sigmoid(this.#logOdds[row] as number);
  }

  /** Chance of an image by the other images alone. */
  #chanceWithout(row: number, posteriors: Float64Array): number {
    const chance = this.#fitted[row] as number;
    const leverage = this.#leverages?.[row] ?? 0;
    if (leverage === 0) return chance;
    const left = Math.max(MIN_LEFT, 1 - leverage * chance * (1 - chance));
    return sigmoid((this.#logOdds[row] as number) - (leverage * ((posteriors[row] as number) - chance)) / left);
  }

  #adapt(posteriors: Float64Array): void {
    const { width, blocks, means } = this.#basis;
    const information = weightedGram(
      this.#basis,
      (row) => ((posteriors[row] as number) - (this.#fitted[row] as number)) ** 2,
      ESTIMATE_ROWS,
    );
    const variances = inverseDiagonal(this.#factored(information), width);
    blocks.forEach((from, block) => {
      const to = blocks[block + 1] ?? width;
      let [determined, square] = [0, 0];
      for (let d = from; d < to; d += 1) {
        determined += 1 - (this.#ridges[d] as number) * (variances[d] as number);
        square += ((this.#weights[d] as number) - (means[d] as number)) ** 2;
      }
      const ridge = Math.min(MAX_RIDGE, Math.max(MIN_RIDGE, determined / Math.max(square, Number.MIN_VALUE)));
      this.#ridges.fill(ridge, from, to);
    });
    this.#factor = this.#factored(this.#gram);
    if (this.#leverages !== null) this.#measureLeverages(this.#leverages);
  }

  /** `x^T (X^T V X + ridges)^-1 x` of every image, V being o (1 - o). */
  #measureLeverages(leverages: Float64Array): void {
    const { values, width } = this.#basis;
    const factor = this.#factored(
      weightedGram(this.#basis, (row) => (this.#fitted[row] as number) * (1 - (this.#fitted[row] as number))),
    );
    for (let first = 0; first < leverages.length; first += LEVERAGE_ROWS) {
      const some = Float64Array.from(values.subarray(first * width, (first + LEVERAGE_ROWS) * width));
      solveLowerRows(factor, some, width);
      leverages.set(squaredLengths(some, width), first);
    }
  }

  #factored(gram: Float64Array): Float64Array {
    const { width } = this.#basis;
    const matrix = gram.slice();
    for (let d = 0; d < width; d += 1) {
      matrix[d * width + d] = (matrix[d * width + d] as number) + (this.#ridges[d] as number);
    }
    return cholesky(matrix, width, 1e-9);
  }
}

/** Diagonal of `(L L^T)^-1`. */
function inverseDiagonal(lower: Float64Array, width: number): Float64Array {
  const inverse = new Float64Array(width * width);
  for (let d = 0; d < width; d += 1) inverse[d * width + d] = 1;
  solveLowerRows(lower, inverse, width);
  return squaredLengths(inverse, width);
}

function squaredLengths(rows: Float64Array, width: number): Float64Array {
  return Float64Array.from({ length: rows.length / width }, (_, row) => {
    let sum = 0;
    for (let at = row * width; at < (row + 1) * width; at += 1) sum += (rows[at] as number) * (rows[at] as number);
    return sum;
  });
}
