import type { SplitResult } from '@winnow/noise';

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
