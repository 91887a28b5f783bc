import { tf } from '@winnow/tensor';

/**
 * `share_i onehot(y_i) + (1 - share_i) onehot(partner_i)`, [count, classCount]: the targets of mixup and CutMix.
 * @param partners label of each picture's partner, [count]
 */
export function sharedTargets(
  labels: readonly number[],
  partners: readonly number[],
  { shares, classCount }: { readonly shares: ArrayLike<number>; readonly classCount: number },
): tf.Tensor2D {
  const rows = new Float32Array(labels.length * classCount);
  labels.forEach((label, row) => {
    const share = shares[row] as number;
    const partner = partners[row] as number;
    rows[row * classCount + label] = share;
    rows[row * classCount + partner] = label === partner ? 1 : 1 - share;
  });
  return tf.tensor2d(rows, [labels.length, classCount]);
}
