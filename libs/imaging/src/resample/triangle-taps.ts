/** Weights are whole numbers of this many bits' fractions: sums stay exact, and below 2^31 in two passes. */
export const WEIGHT_BITS = 14;
const ONE = 1 << WEIGHT_BITS;
/** Pairs of lengths remembered: those of one training run, mostly. */
const MAX_REMEMBERED = 1024;

/** Which source pixels make each target pixel along one axis, and with which weight. Flat, because it is a hot loop. */
export interface Taps {
  /** First source pixel, [target]. */
  readonly first: Int32Array;
  /** Where the weights of each target pixel start, [target + 1]. */
  readonly starts: Int32Array;
  /** Whole numbers that sum to 2^WEIGHT_BITS for each target pixel. */
  readonly weights: Int32Array;
}

const remembered = new Map<number, Taps>();

/**
 * A triangle around each target pixel's centre, as wide as the larger of both grids' steps and cut at the borders:
 * bilinear where a line grows, and where it shrinks each target pixel weighs all that it covers.
 * @param source length, pixels
 * @param target length, pixels
 */
export function triangleTaps(source: number, target: number): Taps {
  const key = source * 2 ** 24 + target;
  const known = remembered.get(key);
  if (known !== undefined) return known;
  if (remembered.size >= MAX_REMEMBERED) remembered.clear();
  const taps = makeTaps(source, target);
  remembered.set(key, taps);
  return taps;
}

function makeTaps(source: number, target: number): Taps {
  const scale = source / target;
  const reach = Math.max(1, scale);
  const first = new Int32Array(target);
  const starts = new Int32Array(target + 1);
  const weights: number[] = [];
  for (let index = 0; index < target; index += 1) {
    const centre = (index + 0.5) * scale;
    const from = Math.max(0, Math.floor(centre - reach + 0.5));
    const to = Math.min(source, Math.floor(centre + reach + 0.5));
    const fractions = Array.from({ length: to - from }, (_, at) =>
      Math.max(0, 1 - Math.abs(from + at + 0.5 - centre) / reach),
    );
    const whole = toWhole(fractions);
    const skipped = whole.findIndex((weight) => weight > 0);
    first[index] = from + skipped;
    weights.push(...whole.slice(skipped, whole.findLastIndex((weight) => weight > 0) + 1));
    starts[index + 1] = weights.length;
  }
  return { first, starts, weights: Int32Array.from(weights) };
}

/** In proportion, rounded; what rounding leaves goes to the largest. */
function toWhole(fractions: readonly number[]): number[] {
  const total = fractions.reduce((sum, fraction) => sum + fraction, 0);
  const whole = fractions.map((fraction) => Math.round((fraction / total) * ONE));
  const largest = whole.indexOf(Math.max(...whole));
  whole[largest]! += ONE - whole.reduce((sum, weight) => sum + weight, 0);
  return whole;
}
