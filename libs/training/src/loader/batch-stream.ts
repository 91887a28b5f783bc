import { WinnowError } from '@winnow/contracts';
import type { SeededRandom } from '@winnow/random';

/**
 * Batches of row numbers, a pure function of (seed, step): each pass draws a fresh order and drops what does not fill
 * a batch. A set smaller than the batch is drawn with replacement.
 */
export class BatchStream {
  /** Batches in one pass. */
  readonly perPass: number;
  readonly #rows: ArrayLike<number>;
  readonly #batch: number;
  readonly #random: SeededRandom;
  #order: { readonly pass: number; readonly permutation: Int32Array } | null = null;

  /**
   * @param rows what to draw from
   * @param random a stream of its own
   * @throws WinnowError MISSING_INPUT for no rows
   */
  constructor(rows: ArrayLike<number>, batch: number, random: SeededRandom) {
    if (rows.length === 0) {
      throw new WinnowError('MISSING_INPUT', 'there are no images to draw batches from', {
        next: 'Collect or keep more images.',
      });
    }
    this.#rows = rows;
    this.#batch = batch;
    this.#random = random;
    this.perPass = Math.max(1, Math.floor(rows.length / batch));
  }

  /** True where there are fewer rows than a batch needs. */
  get withReplacement(): boolean {
    return this.#rows.length < this.#batch;
  }

  /** What to tell a person whose images do not fill one batch. @param images what they are called there */
  notes(images = 'images'): readonly string[] {
    if (!this.withReplacement) return [];
    return [`${this.#rows.length} ${images} are fewer than a batch of ${this.#batch}: they are drawn with replacement.`]; // prettier-ignore
  }

  /** @param step since the start of the run, from 0 */
  at(step: number): Int32Array {
    if (this.withReplacement) {
      const random = this.#random.fork('replace', step);
      return Int32Array.from({ length: this.#batch }, () => this.#rows[random.int(this.#rows.length)] as number);
    }
    const pass = Math.floor(step / this.perPass);
    const start = (step % this.perPass) * this.#batch;
    const chosen = this.#permutation(pass).subarray(start, start + this.#batch);
    return chosen.map((index) => this.#rows[index] as number);
  }

  #permutation(pass: number): Int32Array {
    if (this.#order?.pass !== pass) {
      this.#order = { pass, permutation: this.#random.fork('pass', pass).permutation(this.#rows.length) };
    }
    return this.#order.permutation;
  }
}
