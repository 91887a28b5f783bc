import { tf } from '@winnow/tensor';
import { l2Normalize } from './l2-normalize';
import { requireSameShape } from './require-shape';

/** Scalars, each in 0..2 T^2. */
export interface DistParts {
  /** Classes of an image; without gradient where there are two. */
  readonly inter: tf.Scalar;
  /** Images of the batch, for each class; T^2 and without gradient for a batch of one. */
  readonly intra: tf.Scalar;
}

/**
 * Relations of the softened outputs instead of their values. With `p = softmax(z / T)`:
 * `inter = T^2 (1 - mean over images of the correlation of p_S and p_T over the classes)`,
 * `intra = T^2 (1 - mean over classes of the correlation of p_S and p_T over the batch)`; the correlation is Pearson's.
 * Huang, You, Wang, Qian and Xu, "Knowledge Distillation from A Stronger Teacher", NeurIPS 2022, section 4.
 * @param studentLogits [batch, classes]
 * @param teacherLogits [batch, classes]
 * @param temperature T > 0
 * @throws WinnowError SHAPE_MISMATCH
 */
export function distLoss(studentLogits: tf.Tensor2D, teacherLogits: tf.Tensor2D, temperature: number): DistParts {
  requireSameShape('distLoss', studentLogits.shape, teacherLogits.shape);
  const compute = () => {
    const soften = (logits: tf.Tensor2D) => tf.softmax(tf.div(logits, temperature)) as tf.Tensor2D;
    const [student, teacher] = [soften(studentLogits), soften(teacherLogits)];
    const distance = (ours: tf.Tensor2D, theirs: tf.Tensor2D) =>
      tf.mul(tf.sub(1, meanCorrelation(ours, theirs)), temperature ** 2) as tf.Scalar;
    return { inter: distance(student, teacher), intra: distance(tf.transpose(student), tf.transpose(teacher)) };
  };
  return tf.tidy(() => compute() as DistParts & tf.TensorContainerObject);
}

/** Pearson's correlation of each row with its counterpart, mean over the rows; rows without variance count as 0. */
function meanCorrelation(a: tf.Tensor2D, b: tf.Tensor2D): tf.Scalar {
  const unit = (x: tf.Tensor2D) => l2Normalize(tf.sub(x, tf.mean(x, 1, true)) as tf.Tensor2D);
  return tf.mean(tf.sum(tf.mul(unit(a), unit(b)), 1)) as tf.Scalar;
}
