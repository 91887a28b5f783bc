import { tf } from '@winnow/tensor';
import { classOneHot } from './class-one-hot';
import { crossEntropy } from './cross-entropy';
import { requireSameShape } from './require-shape';

/**
 * Which way up is it: four-way cross-entropy over quarter turns.
 * Gidaris, Singh and Komodakis, "Unsupervised Representation Learning by Predicting Image Rotations", ICLR 2018,
 * equation 3.
 * @param logits [batch, 4]
 * @param quarterTurns how far each image was turned, 0..3, [batch]
 * @returns scalar, nats
 * @throws WinnowError SHAPE_MISMATCH, or INTERNAL for a turn outside 0..3
 */
export function rotationLoss(logits: tf.Tensor2D, quarterTurns: ArrayLike<number>): tf.Scalar {
  requireSameShape('rotationLoss (logits, quarter turns)', logits.shape, [quarterTurns.length, 4]);
  return tf.tidy(() => crossEntropy(logits, classOneHot(quarterTurns, 4)));
}
