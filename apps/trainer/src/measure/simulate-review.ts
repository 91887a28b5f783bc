import { NOISE_KINDS } from '@winnow/contracts';
import { type Correction, NO_CLASS, type SplitResult } from '@winnow/noise';
import { SeededRandom } from '@winnow/random';

/** By doubt: those whose two likeliest kinds differ least in the split's posterior, the first of equals. */
export type ReviewOrder = 'doubt' | 'random';

/** A person who looks at some images of a pool and says what they show. */
export interface Review {
  /** Images looked at; all that are not held out where there are fewer. */
  readonly count: number;
  readonly by: ReviewOrder;
  /** Share of looks at which the person says something else than the truth, any other class or open alike. */
  readonly errorRate: number;
  readonly seed: number;
}

export interface ReviewedPool {
  readonly classCount: number;
  /** True labels, NO_CLASS for none of the classes, [count]. */
  readonly truth: Int32Array;
  /** Rows that nobody looks at: they are kept to measure on. */
  readonly heldOut?: readonly number[] | undefined;
}

/**
 * What such a person decides: the only way in which the truth reaches a method.
 * @param split that says what is doubtful
 */
export function simulateReview(
  split: Pick<SplitResult, 'probabilities'>,
  { classCount, truth, heldOut = [] }: ReviewedPool,
  { count, by, errorRate, seed }: Review,
): Correction[] {
  const random = new SeededRandom(seed).fork('review');
  const order = by === 'random' ? [...random.fork('order').permutation(truth.length)] : byDoubt(split);
  const hidden = new Set(heldOut);
  const slips = random.fork('slips');
  const seen = order.filter((row) => !hidden.has(row)).slice(0, count);
  return seen.map((row) => {
    const shown = truth[row] === NO_CLASS ? classCount : (truth[row] as number);
    const isSlip = slips.next() < errorRate;
    const said = isSlip ? (shown + 1 + slips.int(classCount)) % (classCount + 1) : shown;
    return { row, truth: said === classCount ? 'open' : said };
  });
}

function byDoubt({ probabilities }: Pick<SplitResult, 'probabilities'>): number[] {
  const width = NOISE_KINDS.length;
  const margins = Array.from({ length: probabilities.length / width }, (_, row) => {
    const [first = 0, second = 0] = probabilities
      .slice(row * width, (row + 1) * width)
      .sort()
      .reverse();
    return first - second;
  });
  return [...margins.keys()].sort((a, b) => (margins[a] as number) - (margins[b] as number) || a - b);
}
