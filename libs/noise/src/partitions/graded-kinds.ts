import { NOISE_KINDS } from '@winnow/contracts';
import { argmaxRows } from '../row-math';
import type { SplitResult } from '../split';

/** The two questions that most splits ask of an image, each answered by two parts that sum to 1. */
export interface KindQuestions {
  /** Is the given label right? [count] */
  readonly right: Float64Array;
  /** One minus `right`, kept apart because it is often too small for a difference. */
  readonly wrong: Float64Array;
  /** If it is wrong: is the image of a class that the teacher knows? [count] */
  readonly known: Float64Array;
  readonly unknown: Float64Array;
}

/**
 * Grades a rule of two steps (clean where `right` is at least a half, else closed where `known` is, else open) so that
 * the largest of the three probabilities is always the rule's kind: the odds of clean against the likelier of the other
 * two are right : wrong, and of closed against open known : unknown. First of equals: clean, closed, open.
 */
export function gradedKinds({
  right,
  wrong,
  known,
  unknown,
}: KindQuestions): Pick<SplitResult, 'kinds' | 'probabilities'> {
  const probabilities = new Float32Array(right.length * NOISE_KINDS.length);
  right.forEach((isRight, image) => {
    const [isWrong, isKnown, isUnknown] = [wrong[image] as number, known[image] as number, unknown[image] as number];
    const likelier = Math.max(isKnown, isUnknown);
    const closed = (isWrong * isKnown) / likelier;
    const open = (isWrong * isUnknown) / likelier;
    const sum = isRight + closed + open;
    probabilities.set([isRight / sum, closed / sum, open / sum], image * NOISE_KINDS.length);
  });
  return { kinds: Uint8Array.from(argmaxRows(probabilities, NOISE_KINDS.length)), probabilities };
}
