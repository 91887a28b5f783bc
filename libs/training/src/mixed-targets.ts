import type { tf } from '@winnow/tensor';
import { sharedTargets } from './shared-targets';

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
  return sharedTargets(labels, partners, { shares: new Float32Array(labels.length).fill(lambda), classCount });
}
