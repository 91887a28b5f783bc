import { WinnowError } from '@winnow/contracts';
import { tf } from '@winnow/tensor';

/**
 * @param labels class indices, [batch]
 * @returns one-hot rows, float, [batch, classCount]
 * @throws WinnowError INTERNAL for a label outside 0..classCount-1
 */
export function classOneHot(labels: ArrayLike<number>, classCount: number): tf.Tensor2D {
  const rows = new Float32Array(labels.length * classCount);
  for (let row = 0; row < labels.length; row += 1) {
    const label = labels[row] as number;
    if (!Number.isInteger(label) || label < 0 || label >= classCount) {
      throw new WinnowError('INTERNAL', `label ${label} of row ${row} is not in 0..${classCount - 1}`, {
        where: 'classOneHot',
        next: 'Give labels as indices into the class list.',
      });
    }
    rows[row * classCount + label] = 1;
  }
  return tf.tensor2d(rows, [labels.length, classCount]);
}
