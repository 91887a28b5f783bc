import { cholesky, solveLower, solveUpper } from './linear-algebra/cholesky';
import { sigmoid } from './sigmoid';

/** What the gate sees of the pictures: a constant and standardised columns. */
export interface GateBasis {
  /** [count, width], row-major; the first column is 1 */
  readonly values: Float32Array;
  readonly width: number;
}

const STEPS = 4;

/**
 * Chance that a picture is open, before its label is seen: a ridge logistic regression on what the teacher makes of it.
 * Each step goes up by the fixed bound `X^T X / 4` on the curvature (Boehning and Lindsay 1988): factored once, never
 * lower than before, no step length to choose.
 */
export class OpenGate {
  readonly #basis: GateBasis;
  readonly #weights: Float64Array;
  readonly #factor: Float64Array;
  readonly #ridge: number;
  /** Chance of every picture, [count] */
  readonly chances: Float64Array;

  /**
   * @param share of open pictures to start from
   * @param ridge added to the curvature of every weight but the constant's; about the pictures a weight must convince
   */
  constructor(basis: GateBasis, { share, ridge }: { share: number; ridge: number }) {
    this.#basis = basis;
    this.#ridge = ridge;
    this.#weights = new Float64Array(basis.width);
    this.#weights[0] = Math.log(share / (1 - share));
    this.#factor = cholesky(quarterGram(basis, ridge), basis.width, 1e-9);
    this.chances = new Float64Array(basis.values.length / basis.width).fill(share);
  }

  /** Moves towards the posterior chances, [count]. */
  learn(posteriors: Float64Array): void {
    const { values, width } = this.#basis;
    for (let step = 0; step < STEPS; step += 1) {
      const slope = this.#weights.map((weight, d) => (d === 0 ? 0 : -this.#ridge * weight));
      for (let row = 0; row < posteriors.length; row += 1) {
        const miss = (posteriors[row] as number) - (this.chances[row] as number);
        const from = row * width;
        for (let d = 0; d < width; d += 1) slope[d] = (slope[d] as number) + miss * (values[from + d] as number);
      }
      solveLower(this.#factor, slope);
      solveUpper(this.#factor, slope);
      for (let d = 0; d < width; d += 1) this.#weights[d] = (this.#weights[d] as number) + (slope[d] as number);
      this.#refresh();
    }
  }

  #refresh(): void {
    const { values, width } = this.#basis;
    for (let row = 0; row < this.chances.length; row += 1) {
      let logOdds = 0;
      const from = row * width;
      for (let d = 0; d < width; d += 1) logOdds += (this.#weights[d] as number) * (values[from + d] as number);
      this.chances[row] = sigmoid(logOdds);
    }
  }
}

function quarterGram({ values, width }: GateBasis, ridge: number): Float64Array {
  const gram = new Float64Array(width * width);
  for (let from = 0; from < values.length; from += width) {
    for (let i = 0; i < width; i += 1) {
      const left = 0.25 * (values[from + i] as number);
      for (let j = 0; j <= i; j += 1) {
        const at = i * width + j;
        gram[at] = (gram[at] as number) + left * (values[from + j] as number);
      }
    }
  }
  for (let i = 0; i < width; i += 1) {
    if (i > 0) gram[i * width + i] = (gram[i * width + i] as number) + ridge;
    for (let j = 0; j < i; j += 1) gram[j * width + i] = gram[i * width + j] as number;
  }
  return gram;
}
