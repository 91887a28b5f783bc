import { tf } from '@winnow/tensor';

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
  const rows = new Float32Array(labels.length * classCount);
  labels.forEach((label, row) => {
    const partner = labels[order[row] as number] as number;
    rows[row * classCount + label] = lambda;
    rows[row * classCount + partner] = label === partner ? 1 : 1 - lambda;
  });
  return tf.tensor2d(rows, [labels.length, classCount]);
}
