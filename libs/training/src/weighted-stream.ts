import { WinnowError } from '@winnow/contracts';
import type { SeededRandom } from '@winnow/random';

/**
 * Batches of row numbers, a pure function of (seed, step), in which some rows come more often than others: a pass has as
 * many draws as there are rows, and a row comes floor or ceil of its share of them times, at random so that the mean is
 * that share. With repeats, each comes several times in one batch, and a pass has so many times the batches.
 */
export class WeightedStream {
  /** Batches in one pass. */
  readonly perPass: number;
  readonly #shares: Float64Array;
  readonly #distinct: number;
  readonly #repeats: number;
  readonly #random: SeededRandom;
  #order: { readonly pass: number; readonly rows: Int32Array } | null = null;

  /**
   * @param weights how often each row comes, by comparison; at least 0, not all 0
   * @param batch rows of a batch, repeats included
   * @param random a stream of its own
   * @param options.repeats how often a row comes in its batch; what does not fill the batch is left out
   * @throws WinnowError MISSING_INPUT for no rows, DATA_CORRUPT for weights that are none
   */
  constructor(
    weights: ArrayLike<number>,
    batch: number,
    random: SeededRandom,
    { repeats = 1 }: { readonly repeats?: number } = {},
  ) {
    const values = Float64Array.from(weights);
    const sum = values.reduce((total, weight) => total + weight, 0);
    if (values.length === 0) {
      throw new WinnowError('MISSING_INPUT', 'there are no pictures to draw batches from', {
        next: 'Collect or keep more pictures.',
      });
    }
    if (!(sum > 0 && Number.isFinite(sum)) || values.some((weight) => !(weight >= 0))) {
      throw new WinnowError('DATA_CORRUPT', 'the weights of the pictures are not numbers from 0 with a sum above it', {
        where: 'split',
        next: 'Run `winnow split` again.',
      });
    }
    this.#shares = values.map((weight) => (weight * values.length) / sum);
    this.#distinct = Math.max(1, Math.floor(batch / repeats));
    this.#repeats = repeats;
    this.#random = random;
    this.perPass = Math.max(1, Math.floor(values.length / this.#distinct));
  }

  /** @param step since the start of the run, from 0 */
  at(step: number): Int32Array {
    const rows = this.#rowsOf(Math.floor(step / this.perPass));
    const start = (step % this.perPass) * this.#distinct;
    return Int32Array.from(
      { length: this.#distinct * this.#repeats },
      (_, index) => rows[(start + (index % this.#distinct)) % rows.length] as number,
    );
  }

  /** Systematic resampling in a fresh order: one random number places evenly spaced marks along the summed shares. */
  #rowsOf(pass: number): Int32Array {
    if (this.#order?.pass === pass) return this.#order.rows;
    const random = this.#random.fork('pass', pass);
    const order = random.permutation(this.#shares.length);
    const rows = new Int32Array(this.#shares.length);
    let [filled, reached] = [0, 0];
    const offset = random.next();
    for (const row of order) {
      reached += this.#shares[row] as number;
      while (filled < rows.length && filled + offset < reached) rows[filled++] = row;
    }
    // Rounding may leave the last mark out.
    rows.fill(order.at(-1) as number, filled);
    const shuffled = random.permutation(rows.length).map((place) => rows[place] as number);
    this.#order = { pass, rows: shuffled };
    return shuffled;
  }
}
