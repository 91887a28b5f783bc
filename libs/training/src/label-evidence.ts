import { classOneHot } from '@winnow/losses';
import { tf } from '@winnow/tensor';
import type { PoolSplit } from './training-data';

const LEAST_PROBABILITY = 0.01;

/** What given labels and teacher say together of the pictures of a batch. */
export interface LabelEvidence {
  /** The teacher's logits with that of the given label moved, [batch, classes]. */
  readonly logits: tf.Tensor2D;
  /** Probabilities of the classes, if the picture shows one of them, [batch, classes]. */
  readonly targets: tf.Tensor2D;
  /** Probability that it does, [batch]. */
  readonly weights: tf.Tensor1D;
}

/**
 * Bayes: a picture is clean with probability c, closed with l, open with o (the split's). If it shows a known class, that
 * is the given one with probability r = c / (c + l), and otherwise another one as the teacher sees it. The logit of the
 * given label y is moved to where softmax gives it r, `log(r / (1 - r)) + log sum_{k != y} exp z_k`, by the share (1 - o)
 * of the way: of an open picture the label says nothing.
 * @param logits of the frozen teacher for the views, [batch, classes]
 */
export function labelEvidence(
  logits: tf.Tensor2D,
  { rows, labels, split }: { readonly rows: Int32Array; readonly labels: Int32Array; readonly split: PoolSplit },
): LabelEvidence {
  const classCount = logits.shape[1];
  const given = Array.from(rows, (row) => labels[row] as number);
  const [odds, known] = [new Float32Array(rows.length), new Float32Array(rows.length)];
  rows.forEach((row, index) => {
    const [clean, closed] = [split.probabilities[row * 3] as number, split.probabilities[row * 3 + 1] as number];
    const share = clean + closed > 0 ? clean / (clean + closed) : 0;
    const right = Math.min(1 - LEAST_PROBABILITY, Math.max(LEAST_PROBABILITY, share));
    odds[index] = Math.log(right / (1 - right));
    known[index] = Math.min(1, clean + closed);
  });
  return tf.tidy(() => {
    const oneHot = classOneHot(given, classCount);
    const weights = tf.tensor1d(known);
    const others = tf.logSumExp(tf.sub(logits, tf.mul(oneHot, 1e9)), 1, true);
    const place = tf.add(others, tf.expandDims(tf.tensor1d(odds), 1));
    const certain = tf.add(tf.mul(logits, tf.sub(1, oneHot)), tf.mul(place, oneHot));
    const moved = tf.add(logits, tf.mul(tf.sub(certain, logits), tf.expandDims(weights, 1)));
    return { logits: moved, targets: tf.softmax(certain as tf.Tensor2D), weights };
  }) as unknown as LabelEvidence;
}
