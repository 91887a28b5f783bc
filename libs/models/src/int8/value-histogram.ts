import type { ValueRange } from './int8-range';

/** Bins on either side of zero. */
const HALF_BINS = 2048;
const BINS = 2 * HALF_BINS;
const LEVELS = 255;
/** Ends that are tried on either side: from half of what was seen to all of it. */
const CANDIDATES = 64;
const ROUNDS = 2;
// Looked up once: in a test's realm globals are slow, and there are millions of numbers.
const { floor, log2, max: larger } = Math;

/**
 * Numbers counted by size, in bins about zero that double their width when a number lies beyond them: however many numbers
 * come, in whatever order, a few kilobytes are kept of them.
 */
export class ValueHistogram {
  #counts = new Float64Array(BINS);
  /** Power of two; 0 before the first number other than 0. */
  #width = 0;
  #min = 0;
  #max = 0;

  /** @param values those that are not finite are left out */
  add(values: Float32Array): void {
    this.#widen(values);
    const counts = this.#counts;
    const perWidth = 1 / this.#width;
    const { length } = values;
    for (let index = 0; index < length; index += 1) {
      const bin = floor((values[index] as number) * perWidth) + HALF_BINS;
      if (bin >= 0 && bin < BINS) counts[bin] = (counts[bin] as number) + 1;
    }
  }

  /** What was seen, zero included. */
  get extremes(): ValueRange {
    return { min: this.#min, max: this.#max };
  }

  /**
   * The range that loses least when its numbers are stored in 255 steps: the mean of squared errors, of rounding within it
   * and of cutting off what is beyond.
   */
  bestRange(): ValueRange {
    const squaredError = this.#errors();
    let best = this.extremes;
    let leastError = squaredError(best);
    const attempt = (range: ValueRange): void => {
      const error = squaredError(range);
      if (error < leastError) [best, leastError] = [range, error];
    };
    for (let round = 0; round < ROUNDS; round += 1) {
      for (let step = CANDIDATES / 2; step < CANDIDATES; step += 1) {
        attempt({ min: best.min, max: (this.#max * step) / CANDIDATES });
        attempt({ min: (this.#min * step) / CANDIDATES, max: best.max });
      }
    }
    return best;
  }

  /** Makes room for these. */
  #widen(values: Float32Array): void {
    const { length } = values;
    for (let index = 0; index < length; index += 1) {
      const value = values[index] as number;
      if (value < this.#min && value > -Infinity) this.#min = value;
      if (value > this.#max && value < Infinity) this.#max = value;
    }
    const largest = larger(this.#max, -this.#min);
    if (largest === 0) return;
    if (this.#width === 0) this.#width = 2 ** (floor(log2(largest)) + 1) / HALF_BINS;
    while (largest >= HALF_BINS * this.#width) this.#double();
  }

  #double(): void {
    const wider = new Float64Array(BINS);
    this.#counts.forEach((count, bin) => {
      const merged = floor((bin - HALF_BINS) / 2) + HALF_BINS;
      wider[merged] = (wider[merged] as number) + count;
    });
    this.#counts = wider;
    this.#width *= 2;
  }

  /** Sums of all squared errors for a range, from sums of what lies below each bin. */
  #errors(): (range: ValueRange) => number {
    const sums = [0, 1, 2].map((power) => {
      const below = new Float64Array(BINS + 1);
      this.#counts.forEach((count, bin) => {
        below[bin + 1] = (below[bin] as number) + count * this.#valueOf(bin) ** power;
      });
      return below;
    }) as [Float64Array, Float64Array, Float64Array];
    const total = sums.map((below) => below[BINS] as number);
    const square = ([count, sum, squares]: readonly number[], end: number): number =>
      (squares as number) - 2 * end * (sum as number) + end * end * (count as number);
    return ({ min, max }) => {
      const [low, high] = [this.#firstAbove(min), this.#firstAbove(max)];
      const under = sums.map((below) => below[low] as number);
      const over = sums.map((below, power) => (total[power] as number) - (below[high] as number));
      const rounding = ((max - min) / LEVELS) ** 2 / 12;
      return (total[0] as number) * rounding + square(under, min) + square(over, max);
    };
  }

  #valueOf(bin: number): number {
    return (bin - HALF_BINS + 0.5) * this.#width;
  }

  /** The first bin whose middle lies above a value. */
  #firstAbove(value: number): number {
    return floor(value / this.#width + 0.5) + HALF_BINS;
  }
}
