import { NOISE_KINDS } from '@winnow/contracts';
import type { SplitName } from '@winnow/contracts';
import { applyCorrections, knownLabels, NO_CLASS, REFITTED_SPLITS, splitQuality } from '@winnow/noise';
import type { Correction, SplitResult } from '@winnow/noise';
import { SeededRandom } from '@winnow/random';
import { selectSplitRows } from '../noise/split-rows';

/** What a simulated person's decisions were worth to a split. */
export interface ReviewQuality extends Review {
  /** Macro-F1 of the split without them, with them laid over it, and as it is with them. */
  readonly macroF1: { readonly before: number; readonly overlaid: number; readonly after: number };
  /** The same of the images that nobody decided: what the others learnt. */
  readonly undecidedMacroF1: { readonly before: number; readonly after: number };
}

export interface ReviewedSplit {
  readonly split: SplitResult;
  /** As SplitInput.known, [count]. */
  readonly known: Int32Array;
  readonly quality: ReviewQuality;
}

export interface SplitLocation extends ReviewedPool {
  readonly method: SplitName;
  /** Given labels, [count]. */
  readonly labels: Int32Array;
  /** Splits the pool with decisions, and without. */
  readonly splitWith: (known: Int32Array | undefined) => SplitResult;
}

/** Lets a person review a pool as the split without decisions orders it, and splits it with what was decided. */
export function reviewSplit(location: SplitLocation, review: Review): ReviewedSplit {
  const { method, labels, truth, classCount, splitWith } = location;
  const before = splitWith(undefined);
  const decisions = simulateReview(before, location, review);
  const known = knownLabels(decisions, { count: labels.length, classCount });
  const overlaid = applyCorrections(before, decisions, { labels, classCount });
  const split = REFITTED_SPLITS.has(method) ? splitWith(known) : overlaid;
  const left = [...known.keys()].filter((row) => known[row] === -1);
  const macroF1 = (result: SplitResult, rows: readonly number[]): number =>
    splitQuality(selectSplitRows(result, rows), {
      method,
      givenLabels: rows.map((row) => labels[row] as number),
      trueLabels: rows.map((row) => truth[row] as number),
    }).macroF1;
  const all = [...known.keys()];
  return {
    split,
    known,
    quality: {
      ...review,
      macroF1: { before: macroF1(before, all), overlaid: macroF1(overlaid, all), after: macroF1(split, all) },
      undecidedMacroF1: { before: macroF1(before, left), after: macroF1(split, left) },
    },
  };
}

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
