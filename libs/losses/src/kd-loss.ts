import { tf } from '@winnow/tensor';
import { requireSameShape } from './require-shape';

/**
 * Distillation from logits: `T^2 KL(softmax(z_T / T) || softmax(z_S / T))`, averaged over the batch.
 * Hinton, Vinyals and Dean, "Distilling the Knowledge in a Neural Network", 2015, section 2 (T^2 keeps the size of
 * the gradient independent of T).
 * @param studentLogits [batch, classes]
 * @param teacherLogits [batch, classes]
 * @param temperature T > 0
 * @returns scalar, nats
 * @throws WinnowError SHAPE_MISMATCH
 */
export function kdLoss(studentLogits: tf.Tensor2D, teacherLogits: tf.Tensor2D, temperature: number): tf.Scalar {
  requireSameShape('kdLoss', studentLogits.shape, teacherLogits.shape);
  return tf.tidy(() => {
    const student = tf.logSoftmax(tf.div(studentLogits, temperature));
    const teacher = tf.logSoftmax(tf.div(teacherLogits, temperature));
    const divergence = tf.sum(tf.mul(tf.exp(teacher), tf.sub(teacher, student)), 1);
    return tf.mul(tf.mean(divergence), temperature ** 2) as tf.Scalar;
  });
}
