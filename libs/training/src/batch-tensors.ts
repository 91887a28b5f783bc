import { tf } from '@winnow/tensor';
import type { LossParts } from './method';

/** The named rows of a row-major table, [rows, width]. */
export function rowTensor(
  values: Float32Array,
  { rows, width }: { readonly rows: Int32Array; readonly width: number },
): tf.Tensor2D {
  const picked = new Float32Array(rows.length * width);
  rows.forEach((row, index) => picked.set(values.subarray(row * width, (row + 1) * width), index * width));
  return tf.tensor2d(picked, [rows.length, width]);
}

/**
 * `share_i onehot(y_i) + (1 - share_i) onehot(partner_i)`, [count, classCount]: the targets of mixup and CutMix.
 * @param partners label of each image's partner, [count]
 */
export function sharedTargets(
  labels: readonly number[],
  partners: readonly number[],
  { fractions, classCount }: { readonly fractions: ArrayLike<number>; readonly classCount: number },
): tf.Tensor2D {
  const rows = new Float32Array(labels.length * classCount);
  labels.forEach((label, row) => {
    const fraction = fractions[row] as number;
    const partner = partners[row] as number;
    rows[row * classCount + label] = fraction;
    rows[row * classCount + partner] = label === partner ? 1 : 1 - fraction;
  });
  return tf.tensor2d(rows, [labels.length, classCount]);
}

export interface MixedTargetsOptions {
  /** Partner of each row, [count]. */
  readonly order: ArrayLike<number>;
  readonly lambda: number;
  readonly classCount: number;
}

/** `lambda onehot(y_i) + (1 - lambda) onehot(y_order[i])`, [count, classCount]. */
export function mixedTargets(
  labels: readonly number[],
  { order, lambda, classCount }: MixedTargetsOptions,
): tf.Tensor2D {
  const partners = labels.map((_, row) => labels[order[row] as number] as number);
  return sharedTargets(labels, partners, { fractions: new Float32Array(labels.length).fill(lambda), classCount });
}

export interface LossTerm {
  readonly name: string;
  readonly weight: number;
  readonly value: tf.Scalar;
}

/** `sum of weight * value`, with every weighted term by name. @param terms at least one */
export function weightedLoss(terms: readonly LossTerm[]): LossParts {
  const parts: Record<string, tf.Scalar> = {};
  for (const { name, weight, value } of terms) parts[name] = tf.mul(value, weight) as tf.Scalar;
  return { total: tf.addN(Object.values(parts)) as tf.Scalar, parts };
}

/** Frees the variables of all maps. */
export function disposeAll(...maps: readonly ReadonlyMap<string, tf.Variable>[]): void {
  for (const variables of maps) for (const variable of variables.values()) variable.dispose();
}
