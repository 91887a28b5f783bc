import { WinnowError } from '@winnow/contracts';
import { tf } from '@winnow/tensor';

/**
 * Two feature maps at the size of the smaller one: the larger is averaged over squares.
 * @param ours [batch, height, width, channels]
 * @throws WinnowError TEACHER_MISMATCH where no whole squares fit
 */
export function alignMaps(ours: tf.Tensor4D, theirs: tf.Tensor4D): readonly [tf.Tensor4D, tf.Tensor4D] {
  const [height, width] = commonSides([ours.shape[1], ours.shape[2]], [theirs.shape[1], theirs.shape[2]]);
  return [averageTo(ours, height, width), averageTo(theirs, height, width)];
}

type Sides = readonly [height: number, width: number, ...rest: number[]];

/** Those of the smaller of two maps. @throws WinnowError TEACHER_MISMATCH where they do not divide the larger ones */
export function commonSides(ours: Sides, theirs: Sides): readonly [height: number, width: number] {
  const [height, width] = [Math.min(ours[0], theirs[0]), Math.min(ours[1], theirs[1])];
  if ([ours, theirs].every((map) => map[0] % height === 0 && map[1] % width === 0)) return [height, width];
  throw new WinnowError(
    'TEACHER_MISMATCH',
    `the last feature maps are ${ours[0]}x${ours[1]} (student) and ${theirs[0]}x${theirs[1]} (teacher): neither divides the other`,
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
