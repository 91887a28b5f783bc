import type { RunSummary } from '@winnow/contracts';
import { percentText } from '@winnow/runs';

/** A student that reaches less of its teacher's accuracy has not learnt what there was to learn. */
const MIN_TEACHER_FRACTION = 0.5;

/**
 * Whether a training has failed, in words: its student is far under its teacher, or about as good as guessing. Null where it
 * is not, and where nothing was measured.
 * @param advice what to change; null where nothing better is known than that
 */
export function describeFailure(
  { accuracy, agreement, teacherAccuracy }: Pick<RunSummary, 'accuracy' | 'agreement' | 'teacherAccuracy'>,
  { classCount, advice }: { readonly classCount: number; readonly advice: string | null },
): string | null {
  const reached = accuracy ?? agreement;
  if (reached === null) return null;
  const isFar = teacherAccuracy !== null && reached < MIN_TEACHER_FRACTION * teacherAccuracy;
  if (!isFar && !isNearChance(reached, classCount)) return null;
  const percent = (fraction: number): string => percentText(fraction, { digits: 1 });
  const what = accuracy === null ? 'agrees with its teacher on' : 'is right for';
  const beside = [
    ...(teacherAccuracy === null ? [] : [`its teacher for ${percent(teacherAccuracy)}`]),
    `chance is ${percent(1 / classCount)}`,
  ].join(', ');
  const next =
    advice ??
    'Begin with pretrained weights (student.weights), train longer (--epochs), or take images nearer to the test images.';
  return `This run failed: the student ${what} ${percent(reached)}; ${beside}. ${next}`;
}

/** Of the way from chance to always right: a teacher that does not get so far has nothing to teach. */
const MIN_FRACTION = 0.1;

/**
 * Whether a network agrees with labels about as seldom as one that guesses would.
 * @param agreement fraction of images, 0..1
 */
export function isNearChance(agreement: number, classCount: number): boolean {
  const chance = 1 / classCount;
  return agreement < chance + MIN_FRACTION * (1 - chance);
}
