import { tf } from '@winnow/tensor';
import type { LossParts } from './method';

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
