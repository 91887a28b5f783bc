import { WinnowError } from '@winnow/contracts';
import { tf } from '@winnow/tensor';
import { requireSameShape } from './require-shape';

/**
 * Mean squared difference of each image's features, times the image's weight: mean over the images whose weight is
 * not 0; 0 where all are. Tang et al., "Distribution Shift Matters for Knowledge Distillation with Webly Collected
 * Images", ICCV 2023 (KD3), section 3.3, with weights 0 for what its selection leaves out.
 * @param student [batch, ...]
 * @param teacher the same shape
 * @param weights of the images, [batch]
 * @returns scalar
 * @throws WinnowError SHAPE_MISMATCH
 */
export function weightedFeatureMse(student: tf.Tensor, teacher: tf.Tensor, weights: ArrayLike<number>): tf.Scalar {
  requireSameShape('weightedFeatureMse', student.shape, teacher.shape);
  const batch = student.shape[0] as number;
  if (weights.length !== batch) {
    throw new WinnowError('SHAPE_MISMATCH', `weightedFeatureMse got ${weights.length} weights for ${batch} images`);
  }
  const counted = Math.max(1, Array.from(weights).filter((weight) => weight !== 0).length);
  return tf.tidy(() => {
    const fractions = tf.tensor1d(Array.from(weights, (weight) => weight / counted));
    const errors = tf.squaredDifference(student, teacher).reshape([batch, -1]);
    return tf.sum(tf.mul(tf.mean(errors, 1), fractions)) as tf.Scalar;
  });
}
