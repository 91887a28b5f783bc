import { NOISE_KINDS, WinnowError } from '@winnow/contracts';
import { type Correction, knownLabels, UNDECIDED_LABEL } from './known-labels';
import type { SplitResult } from './split';

export interface CorrectedPool {
  /** Given labels, [count]. */
  readonly labels: ArrayLike<number>;
  readonly classCount: number;
}

/**
 * A split with a person's corrections over it: a corrected picture is clean where the given label is the true one,
 * closed with the true one as refined label where it is another, open where there is none; its probabilities are 1 and
 * 0, its score 0 where it is clean, else 1. Saying the same twice is fine. The split that is given stays as it is.
 * @throws WinnowError SHAPE_MISMATCH where labels and split differ in length, DATA_CORRUPT for a row or class that is
 *   not there and for two corrections of one picture that contradict each other
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
