import { WinnowError } from '@winnow/contracts';
import { tf } from '@winnow/tensor';

/**
 * Two feature maps at the size of the smaller one: the larger is averaged over squares.
 * @param ours [batch, height, width, channels]
 * @throws WinnowError TEACHER_MISMATCH where no whole squares fit
 */
export function alignMaps(ours: tf.Tensor4D, theirs: tf.Tensor4D): readonly [tf.Tensor4D, tf.Tensor4D] {
  const [height, width] = [Math.min(ours.shape[1], theirs.shape[1]), Math.min(ours.shape[2], theirs.shape[2])];
  const fits = [ours, theirs].every((map) => map.shape[1] % height === 0 && map.shape[2] % width === 0);
  if (fits) return [averageTo(ours, height, width), averageTo(theirs, height, width)];
  const sides = ({ shape }: tf.Tensor4D): string => `${shape[1]}x${shape[2]}`;
  throw new WinnowError(
    'TEACHER_MISMATCH',
    `the last feature maps are ${sides(ours)} (student) and ${sides(theirs)} (teacher): neither divides the other`,
    { where: 'student.model', next: 'Choose another student, or method kd.' },
  );
}

function averageTo(map: tf.Tensor4D, height: number, width: number): tf.Tensor4D {
  const [batch, rows, columns, channels] = map.shape;
  if (rows === height && columns === width) return map;
  const [down, across] = [rows / height, columns / width];
  const merged = tf.mean(map.reshape([batch * height, down, columns, channels]), 1);
  return tf
    .mean(merged.reshape([batch * height, width, across, channels]), 2)
    .reshape([batch, height, width, channels]) as tf.Tensor4D;
}
