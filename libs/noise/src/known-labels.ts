import { WinnowError } from '@winnow/contracts';

/** What a person says of one picture. */
export interface Correction {
  /** Place of the picture in the pool. */
  readonly row: number;
  /** Index of the class that it shows, or `open` where it shows none of them. */
  readonly truth: number | 'open';
}

/** Of an image that nobody decided. */
export const UNDECIDED_LABEL = -1;

interface KnownPool {
  readonly count: number;
  readonly classCount: number;
}

/**
 * Decisions as `SplitInput.known` has them: a class, classCount for open, UNDECIDED_LABEL elsewhere, [count]. Saying the
 * same twice is fine.
 * @throws WinnowError DATA_CORRUPT for a row or class that is not there and for two decisions on one image that
 *   contradict each other
 */
export function knownLabels(corrections: readonly Correction[], { count, classCount }: KnownPool): Int32Array {
  const known = new Int32Array(count).fill(UNDECIDED_LABEL);
  for (const { row, truth } of corrections) {
    if (!isIndex(row, count)) throw bad(`a correction names picture ${row} of ${count}`);
    if (truth !== 'open' && !isIndex(truth, classCount)) {
      throw bad(`a correction gives picture ${row} the class ${truth} of ${classCount}`);
    }
    const label = truth === 'open' ? classCount : truth;
    const earlier = known[row] as number;
    if (earlier !== UNDECIDED_LABEL && earlier !== label) {
      throw bad(`picture ${row} is corrected to ${earlier === classCount ? 'open' : earlier} and to ${truth}`);
    }
    known[row] = label;
  }
  return known;
}

/** @throws WinnowError SHAPE_MISMATCH for another number of images, DATA_CORRUPT for what is neither class, open nor -1 */
export function checkKnown(known: Int32Array, { count, classCount }: KnownPool): void {
  if (known.length !== count) {
    throw new WinnowError('SHAPE_MISMATCH', `decisions on ${known.length} images for a pool of ${count}`, {
      next: 'Give decisions on the same pool, or none.',
    });
  }
  const at = known.findIndex((label) => label !== UNDECIDED_LABEL && !isIndex(label, classCount + 1));
  if (at >= 0) throw bad(`the decision ${known[at]} on image ${at} is neither a class of ${classCount} nor open`);
}

function isIndex(value: number, count: number): boolean {
  return Number.isInteger(value) && value >= 0 && value < count;
}

function bad(what: string): WinnowError {
  return new WinnowError('DATA_CORRUPT', what, { next: 'Mend the corrections, one for each picture, and try again.' });
}
