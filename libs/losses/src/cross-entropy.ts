import { softmaxCrossEntropy, tf } from '@winnow/tensor';
import { requireSameShape } from './require-shape';

/**
 * Cross-entropy with hard (one-hot) or soft targets: `mean over the batch of -sum_k t_k log softmax(z)_k`.
 * @param logits [batch, classes]
 * @param targets one-hot or probabilities, [batch, classes]
 * @returns scalar, nats
 * Differentiable with respect to the logits alone.
 * @throws WinnowError SHAPE_MISMATCH
 */
export function crossEntropy(logits: tf.Tensor2D, targets: tf.Tensor2D): tf.Scalar {
  requireSameShape('crossEntropy', logits.shape, targets.shape);
  return tf.tidy(() => tf.mean(softmaxCrossEntropy(logits, targets)) as tf.Scalar);
}
