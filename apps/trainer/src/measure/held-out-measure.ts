import type { CommandIo } from '@winnow/contracts';
import type { SplitResult } from '@winnow/noise';
import { agreement, freezeModel, predict, predictedClasses, selectImages } from '@winnow/training';
import type { Student } from '@winnow/training';
import { splitOpened } from './measure-split';
import type { OpenWorld } from './open-world';

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

const MIN_PROBABILITY = 0.01;

/** What given labels and teacher say together of some images. */
export interface LabelEvidence {
  /** Probabilities of the classes, if the image shows one of them, [count, classes], row-major. */
  readonly targets: Float64Array;
  /** Probability that it does, [count]. */
  readonly weights: Float64Array;
}

/**
 * Bayes: an image is clean with probability c, closed with l, open with o (the split's). If it shows a known class, that
 * is the given one with probability r = c / (c + l), and otherwise another one as the teacher sees it: (1 - r) times its
 * softmax over the others. r is kept from 1 to 99 %.
 * @param logits of the frozen teacher for the images, [count, classes], row-major
 * @param rows of the images in `labels` and `split`, [count]
 */
export function labelEvidence(
  logits: Float32Array,
  { rows, labels, split }: LabelledRows & { readonly split: Pick<SplitResult, 'probabilities'> },
): LabelEvidence {
  const classCount = logits.length / rows.length;
  const targets = new Float64Array(logits.length);
  const weights = new Float64Array(rows.length);
  rows.forEach((row, at) => {
    const [clean, closed] = [split.probabilities[row * 3] as number, split.probabilities[row * 3 + 1] as number];
    const known = clean + closed;
    const fraction = known > 0 ? clean / known : 0;
    const right = Math.min(1 - MIN_PROBABILITY, Math.max(MIN_PROBABILITY, fraction));
    const given = labels[row] as number;
    const own = logits.subarray(at * classCount, (at + 1) * classCount);
    const largest = own.reduce((most, logit, k) => (k === given ? most : Math.max(most, logit)), -Infinity);
    const others = own.map((logit, k) => (k === given ? 0 : Math.exp(logit - largest)));
    const sum = others.reduce((total, value) => total + value, 0);
    others.forEach((value, k) => (targets[at * classCount + k] = k === given ? right : ((1 - right) * value) / sum));
    weights[at] = Math.min(1, known);
  });
  return { targets, weights };
}

interface LabelledRows {
  readonly rows: readonly number[];
  readonly labels: Int32Array;
}
