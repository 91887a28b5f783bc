import type { CommandIo } from '@winnow/contracts';
import type { SplitResult } from '@winnow/noise';
import { agreement, freezeModel, predict, predictedClasses, selectImages } from '@winnow/training';
import type { Student } from '@winnow/training';
import { labelEvidence } from './label-evidence';
import type { OpenWorld } from './open-world';
import { splitOpened } from './measure-split';

/** What can be said of a student without any true label, on images of the pool that it did not learn from; 0..1. */
export interface HeldOutMeasure {
  readonly count: number;
  /** Share on which student and teacher name the same class. */
  readonly agreement: number;
  /**
   * Accuracy on the images of known classes to be expected from what given labels and teacher say of them (labelEvidence):
   * the mean probability of the student's class, weighted by the probability that the image shows a known one.
   */
  readonly expectedAccuracy: number;
}

/**
 * By what the split `winnow` finds in the whole pool, whatever the bench gives the method: never the truth.
 * @param found that split, where the bench has it already
 */
export async function measureHeldOut(
  student: Student,
  opened: OpenWorld,
  { rows, found }: { readonly rows: readonly number[]; readonly found: SplitResult | null },
  io: CommandIo,
): Promise<HeldOutMeasure> {
  const { pool, teacher } = opened;
  const split = found ?? (await splitOpened(opened, { method: 'winnow' }, io)).split;
  const images = selectImages(pool.images, rows);
  const ours = await predict(freezeModel(student.model, student.input), images, { features: false });
  const theirs = await predict(teacher.frozen, images, { features: false });
  const { targets, weights } = labelEvidence(theirs.logits, { rows, labels: pool.images.labels, split });
  let [expected, sum] = [0, 0];
  predictedClasses(ours).forEach((label, row) => {
    const weight = weights[row] as number;
    expected += weight * (targets[row * theirs.classCount + label] as number);
    sum += weight;
  });
  return {
    count: rows.length,
    agreement: agreement(ours, theirs),
    expectedAccuracy: sum > 0 ? expected / sum : 0,
  };
}
