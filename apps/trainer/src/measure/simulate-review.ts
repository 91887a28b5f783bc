import { NO_CLASS } from '@winnow/noise';
import type { Correction } from '@winnow/noise';
import { SeededRandom } from '@winnow/random';
import { LOOK_ORDERS, nextLooks, nextSheet, sheetClaim } from '@winnow/review';
import type { ReviewPool, ReviewSheet } from '@winnow/review';

/** Orders of single looks; sheets of images that are looked at at once, the surest of a group first or the most doubtful. */
export const SIMULATED_ORDERS = [...LOOK_ORDERS, 'sheets', 'sheets-doubtful'] as const;
export type SimulatedOrder = (typeof SIMULATED_ORDERS)[number];
/** The best by docs/results.md, "What a look is worth". */
export const DEFAULT_ORDER: SimulatedOrder = 'doubt';

/** A person who looks at some images of a pool and says what they show. */
export interface Review {
  /** Looks, as many as there are images at most; an exception of a sheet is looked at once more. */
  readonly count: number;
  readonly by: SimulatedOrder;
  /** Share of looks at which the person says something else than the truth, any other class or open alike. */
  readonly errorRate: number;
  readonly seed: number;
}

export interface SimulatedPool extends Omit<ReviewPool, 'isDecided'> {
  readonly classCount: number;
  /** True labels, NO_CLASS for none of the classes, [count]. */
  readonly truth: Int32Array;
  /** Rows that nobody looks at: they are kept to measure on. */
  readonly heldOut?: readonly number[] | undefined;
}

/** After so many looks the rest is ordered anew, as by a page that fetches the next ones. */
const FETCHED = 50;

/** What such a person decides: the only way in which the truth reaches a method. */
export function simulateReview(pool: SimulatedPool, { count, by, errorRate, seed }: Review): Correction[] {
  const random = new SeededRandom(seed).fork('review');
  const person = new SimulatedPerson(pool, { count, errorRate }, random.fork('slips'));
  const seen = new Set(pool.heldOut ?? []);
  const left: ReviewPool = { ...pool, isDecided: (row) => seen.has(row) };
  const next = (): Correction[] => {
    if (by === 'sheets' || by === 'sheets-doubtful') {
      const sheet = nextSheet(left, { isDoubtfulFirst: by === 'sheets-doubtful' });
      return sheet === null ? [] : person.lookAtSheet(sheet);
    }
    // Of `worth` alone the order changes with what is decided.
    const wanted = Math.min(person.looksLeft, by === 'worth' ? FETCHED : Infinity);
    return nextLooks(by, left, { count: wanted, seed: `${seed}/review` }).map((row) => person.lookAt(row));
  };
  const decisions: Correction[] = [];
  while (person.looksLeft > 0) {
    const found = next();
    if (found.length === 0) break;
    decisions.push(...found);
    for (const { row } of found) seen.add(row);
  }
  return decisions;
}

class SimulatedPerson {
  looksLeft: number;

  constructor(
    private readonly pool: SimulatedPool,
    private readonly review: Pick<Review, 'count' | 'errorRate'>,
    private readonly slips: SeededRandom,
  ) {
    this.looksLeft = review.count;
  }

  lookAt(row: number): Correction {
    const { classCount, truth } = this.pool;
    const shown = truth[row] === NO_CLASS ? classCount : (truth[row] as number);
    const said = this.#slips() ? (shown + 1 + this.slips.int(classCount)) % (classCount + 1) : shown;
    return { row, truth: said === classCount ? 'open' : said };
  }

  /** Marks exceptions, says of the rest what the sheet says of all, and looks at the marked ones singly. */
  lookAtSheet(sheet: ReviewSheet): Correction[] {
    const claim = sheetClaim(sheet);
    const marked: number[] = [];
    const right: Correction[] = [];
    for (const row of sheet.rows.slice(0, this.looksLeft)) {
      const isException = this.pool.truth[row] !== (claim === 'open' ? NO_CLASS : claim);
      if (this.#slips() ? !isException : isException) marked.push(row);
      else right.push({ row, truth: claim });
    }
    return [...right, ...marked.slice(0, this.looksLeft).map((row) => this.lookAt(row))];
  }

  /** Counts a look. */
  #slips(): boolean {
    this.looksLeft -= 1;
    return this.slips.next() < this.review.errorRate;
  }
}
