import { tf } from '@winnow/tensor';
import { requireSameShape } from './require-shape';

/**
 * Mean squared difference of two feature tensors, over all elements.
 * Romero et al., "FitNets: Hints for Thin Deep Nets", ICLR 2015, equation 3, without the regressor: project the
 * student's features first where shapes differ.
 * @param student any shape
 * @param teacher the same shape
 * @returns scalar
 * @throws WinnowError SHAPE_MISMATCH
 */
export function featureMse(student: tf.Tensor, teacher: tf.Tensor): tf.Scalar {
  requireSameShape('featureMse', student.shape, teacher.shape);
  return tf.tidy(() => {
    const difference = tf.sub(student, teacher);
    return tf.mean(tf.mul(difference, difference)) as tf.Scalar;
  });
}
