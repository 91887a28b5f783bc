import { NOISE_KINDS, WinnowError } from '@winnow/contracts';
import type { SplitResult } from './split';

/** What a person says of one image. */
export interface Correction {
  /** Place of the image in the pool. */
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
    if (!isIndex(row, count)) throw bad(`a correction names image ${row} of ${count}`);
    if (truth !== 'open' && !isIndex(truth, classCount)) {
      throw bad(`a correction gives image ${row} the class ${truth} of ${classCount}`);
    }
    const label = truth === 'open' ? classCount : truth;
    const earlier = known[row] as number;
    if (earlier !== UNDECIDED_LABEL && earlier !== label) {
      throw bad(`image ${row} is corrected to ${earlier === classCount ? 'open' : earlier} and to ${truth}`);
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
  return new WinnowError('DATA_CORRUPT', what, { next: 'Mend the corrections, one for each image, and try again.' });
}

export interface CorrectedPool {
  /** Given labels, [count]. */
  readonly labels: ArrayLike<number>;
  readonly classCount: number;
}

/**
 * A split with a person's corrections over it: a corrected image is clean where the given label is the true one,
 * closed with the true one as refined label where it is another, open where there is none; its probabilities are 1 and
 * 0, its score 0 where it is clean, else 1. Saying the same twice is fine. The split that is given stays as it is.
 * @throws WinnowError SHAPE_MISMATCH where labels and split differ in length, DATA_CORRUPT for a row or class that is
 *   not there and for two corrections of one image that contradict each other
 */
export function applyCorrections(
  split: SplitResult,
  corrections: readonly Correction[],
  { labels, classCount }: CorrectedPool,
): SplitResult {
  if (labels.length !== split.kinds.length) {
    throw new WinnowError('SHAPE_MISMATCH', `${labels.length} labels for a split of ${split.kinds.length} images`, {
      next: 'Give the labels of the same pool.',
    });
  }
  const corrected = {
    kinds: split.kinds.slice(),
    probabilities: split.probabilities.slice(),
    refinedLabels: split.refinedLabels.slice(),
    score: split.score.slice(),
  };
  knownLabels(corrections, { count: labels.length, classCount }).forEach((truth, row) => {
    if (truth === UNDECIDED_LABEL) return;
    const kind = kindOf(labels[row] as number, truth, classCount);
    corrected.kinds[row] = kind;
    corrected.probabilities.fill(0, row * NOISE_KINDS.length, (row + 1) * NOISE_KINDS.length);
    corrected.probabilities[row * NOISE_KINDS.length + kind] = 1;
    corrected.score[row] = kind === 0 ? 0 : 1;
    if (truth < classCount) corrected.refinedLabels[row] = truth;
  });
  return corrected;
}

function kindOf(given: number, truth: number, classCount: number): number {
  if (truth === classCount) return NOISE_KINDS.indexOf('open');
  return NOISE_KINDS.indexOf(truth === given ? 'clean' : 'closed');
}
