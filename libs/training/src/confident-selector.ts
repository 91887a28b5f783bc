import { tf } from '@winnow/tensor';
import { countConfident, jointLogits, selectConfident, trustInTeacher } from './confident-selection';
import type { StepPlace } from './method';

/**
 * Decides in every batch which pictures are learnt. The cuts of an epoch follow from the classes' confident pictures in
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
   * @returns 1 for pictures to learn, 0 for others
   */
  select(
    logits: { readonly teacher: tf.Tensor2D; readonly student: tf.Tensor2D },
    { step, part }: StepPlace,
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
