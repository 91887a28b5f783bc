import { tf } from '@winnow/tensor';
import { confidences, predictedClasses } from '../../classification-metrics';
import type { StepIndex } from '../../method';

/**
 * Decides in every batch which images are learnt. The cuts of an epoch follow from the classes' confident images in
 * the epoch before, which it counts as they come.
 */
export class ConfidentSelector {
  /** Last epoch's and this epoch's counts, [2, classes]: belongs to checkpoints, and is the only state. */
  readonly counts: tf.Variable<tf.Rank.R2>;
  readonly #epochs: number;
  readonly #stepsPerEpoch: number;

  /** @param first counts for the first epoch */
  constructor(first: Float32Array, { epochs, stepsPerEpoch }: { epochs: number; stepsPerEpoch: number }) {
    this.#epochs = epochs;
    this.#stepsPerEpoch = stepsPerEpoch;
    const none = new Float32Array(first.length);
    // The first step moves the second row up.
    this.counts = tf.tidy(() =>
      tf.variable(tf.tensor2d([...none, ...first], [2, first.length]), false),
    ) as tf.Variable<tf.Rank.R2>;
  }

  /**
   * @param logits of one batch or part of it, [batch, classes]
   * @returns 1 for images to learn, 0 for others
   */
  select(
    logits: { readonly teacher: tf.Tensor2D; readonly student: tf.Tensor2D },
    { step, part }: StepIndex,
  ): Uint8Array {
    const classCount = this.counts.shape[1];
    const epoch = Math.floor(step / this.#stepsPerEpoch);
    const isNewEpoch = part === 0 && step % this.#stepsPerEpoch === 0;
    const joint = jointLogits(
      { teacher: logits.teacher.dataSync(), student: logits.student.dataSync() },
      trustInTeacher(epoch, this.#epochs),
    );
    const values = this.counts.dataSync();
    const [last, current] = isNewEpoch
      ? [values.slice(classCount), new Float32Array(classCount)]
      : [values.slice(0, classCount), values.slice(classCount)];
    const found = countConfident(joint, classCount);
    const sums = Array.from(current, (count, label) => count + (found[label] as number));
    tf.tidy(() => this.counts.assign(tf.tensor2d([...last, ...sums], [2, classCount])));
    return selectConfident(joint, last);
  }
}

/** Confidence that the class with most confident images must reach, and above which an image counts as one. */
const CUT = 0.95;
/** Of the run: from here on the student alone decides. */
const HANDOVER = 0.5;

/** [batch, classes] each, row-major. */
export interface BothLogits {
  readonly teacher: ArrayLike<number>;
  readonly student: ArrayLike<number>;
}

/** The mixture `a z_T + (1 - a) z_S`, for a trust a in the teacher. */
export function jointLogits({ teacher, student }: BothLogits, trust: number): Float64Array {
  return Float64Array.from(teacher, (value, at) => trust * value + (1 - trust) * (student[at] as number));
}

/**
 * Trust in the teacher: `1 - exp(-5 (1.5 t - 1)^2)` for the share t of the run that is done after the epoch, 0 from its
 * middle on. The paper has it for 240 epochs.
 */
export function trustInTeacher(epoch: number, epochs: number): number {
  if (epoch >= HANDOVER * epochs) return 0;
  return 1 - Math.exp(-5 * ((1.5 * (epoch + 1)) / epochs - 1) ** 2);
}

/** Images of each class whose confidence is above .95, [classes]. */
export function countConfident(logits: ArrayLike<number>, classCount: number): Float32Array {
  const scores = { count: logits.length / classCount, classCount, logits };
  const counts = new Float32Array(classCount);
  const sure = confidences(scores);
  predictedClasses(scores).forEach((label, row) => {
    if ((sure[row] as number) > CUT) counts[label] = (counts[label] as number) + 1;
  });
  return counts;
}

/**
 * Images whose confidence is above the cut of their class, `.95 r / (2 - r)`, where r is the class's number of
 * confident images over that of the class with most: classes that are still hard are let in sooner. Zhang et al.,
 * "FlexMatch", NeurIPS 2021, equations 5, 7 and 11.
 * @returns 1 or 0 for each row
 */
export function selectConfident(logits: ArrayLike<number>, counts: ArrayLike<number>): Uint8Array {
  const classCount = counts.length;
  const most = Math.max(1, ...Array.from(counts));
  const scores = { count: logits.length / classCount, classCount, logits };
  const sure = confidences(scores);
  return Uint8Array.from(predictedClasses(scores), (label, row) => {
    const ratio = (counts[label] as number) / most;
    return (sure[row] as number) > (CUT * ratio) / (2 - ratio) ? 1 : 0;
  });
}
