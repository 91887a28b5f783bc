import { NOISE_KINDS } from '@winnow/contracts';
import { SeededRandom } from '@winnow/random';
import { distanceOf, doubtOf, largestRows, narrownessOf } from './doubt';
import { byWorth } from './worth';
import type { LabelNeighbours } from './worth';

/** What a split says of a pool, and what was decided of it. */
export interface ReviewPool {
  /** Index into NOISE_KINDS, [count]. */
  readonly kinds: Uint8Array;
  /** Of the three kinds, [count, 3], row-major. */
  readonly probabilities: Float32Array;
  /** Given labels, [count]. */
  readonly labels: ArrayLike<number>;
  /** [count] */
  readonly refinedLabels: ArrayLike<number>;
  /** Nobody needs to look at it: it is decided, or kept for measuring. */
  readonly isDecided: (row: number) => boolean;
  /** Needed by `worth`. */
  readonly neighbours?: LabelNeighbours | undefined;
  /** What another split, or the student's, says of the same images, [count, 3]; needed by `disagree`. */
  readonly other?: Float32Array | undefined;
}

/**
 * Orders of one image after the other: `doubt`, least probability of the likeliest kind; `margin`, the two likeliest kinds
 * differ least; `worth`; `disagree`, two opinions differ most; `pairs`, images called closed by pairs of given and
 * refined label, the largest first, and by doubt within them; `random`.
 */
export const LOOK_ORDERS = ['doubt', 'margin', 'worth', 'disagree', 'pairs', 'random'] as const;
export type LookOrder = (typeof LOOK_ORDERS)[number];

/**
 * The next images to look at, in order; fewer where fewer are undecided. The same pool, decisions and seed give the same.
 * @throws RangeError where the order needs what the pool lacks
 */
export function nextLooks(
  order: LookOrder,
  pool: ReviewPool,
  { count, seed }: { readonly count: number; readonly seed: number | string },
): number[] {
  const { probabilities, isDecided } = pool;
  const largest = (values: Float64Array): number[] => largestRows(values, count, (row) => !isDecided(row));
  switch (order) {
    case 'doubt':
      return largest(doubtOf(probabilities));
    case 'margin':
      return largest(narrownessOf(probabilities));
    case 'worth': {
      const { neighbours } = pool;
      if (neighbours === undefined) throw new RangeError('worth needs the nearest images of each');
      return byWorth({ doubt: doubtOf(probabilities), neighbours, isDecided }, count);
    }
    case 'disagree':
      if (pool.other === undefined) throw new RangeError('disagree needs another opinion');
      return largest(distanceOf(probabilities, pool.other));
    case 'pairs':
      return byPairs(pool, count);
    case 'random': {
      const order = new SeededRandom(seed).fork('order').permutation(pool.kinds.length);
      return [...order.filter((row) => !isDecided(row)).subarray(0, count)];
    }
  }
}

const CLOSED = NOISE_KINDS.indexOf('closed');

/** All others follow by doubt. */
function byPairs({ kinds, labels, refinedLabels, probabilities, isDecided }: ReviewPool, count: number): number[] {
  const doubt = doubtOf(probabilities);
  const pairOf = (row: number): string => `${labels[row]} ${refinedLabels[row]}`;
  const sizes = new Map<string, number>();
  kinds.forEach((kind, row) => {
    if (kind === CLOSED) sizes.set(pairOf(row), (sizes.get(pairOf(row)) ?? 0) + 1);
  });
  // A size is above any doubt: pairs of one size stand side by side, by their names.
  const ranked = [...sizes].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).map(([pair]) => pair);
  const rank = new Map(ranked.map((pair, at) => [pair, ranked.length - at]));
  const values = doubt.map((value, row) => (kinds[row] === CLOSED ? (rank.get(pairOf(row)) as number) : 0) + value);
  return largestRows(values, count, (row) => !isDecided(row));
}
