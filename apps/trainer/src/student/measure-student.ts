import type { ImageSet, ImageSource, RunSummary } from '@winnow/contracts';
import { accuracy, agreement, calibrationError, perClassAccuracy, predict, predictedClasses } from '@winnow/training';
import type { ClassScores, FrozenNetwork } from '@winnow/training';
import { confusionRecord } from './confusion-record';

/** What is known of a student when it is finished; shares in 0..1. */
export type StudentMeasures = Pick<
  RunSummary,
  'accuracy' | 'agreement' | 'teacherAccuracy' | 'perClassAccuracy' | 'calibrationError' | 'confusion'
>;

/** A student's answers on the test set, beside its teacher's where it has one. */
export function measureOnTest(
  scores: ClassScores,
  teacherScores: ClassScores | null,
  { labels, classes }: Pick<ImageSet, 'labels' | 'classes'>,
): StudentMeasures {
  return {
    accuracy: accuracy(scores, labels),
    agreement: teacherScores === null ? null : agreement(scores, teacherScores),
    teacherAccuracy: teacherScores === null ? null : accuracy(teacherScores, labels),
    perClassAccuracy: perClassAccuracy(scores, labels, classes),
    calibrationError: calibrationError(scores, labels),
    confusion: confusionRecord(predictedClasses(scores), labels, classes),
  };
}

/** Agreement of student and teacher on images whose labels are not known; null where there are none. */
export async function measureAgreement(
  student: FrozenNetwork,
  teacher: FrozenNetwork,
  held: ImageSource,
  signal: AbortSignal,
): Promise<StudentMeasures> {
  const options = { features: false, signal };
  const shared =
    held.count === 0 ? null : agreement(await predict(student, held, options), await predict(teacher, held, options));
  return { accuracy: null, agreement: shared, teacherAccuracy: null, perClassAccuracy: null };
}
