import { tf } from '@winnow/tensor';
import { requireSameShape } from './require-shape';

export interface NoiseAdaptation {
  /** Logits of the matrix, [classes, classes]; its diagonal is not read. */
  readonly matrix: tf.Tensor2D;
  /** Probability that the teacher's class is right, 0..1. */
  readonly diagonal: number;
}

/** Takes the diagonal out of a softmax. */
const EXCLUDED = -1e9;
const SMALLEST_PROBABILITY = 1e-12;

/**
 * Cross-entropy with a teacher's classes that may be wrong: `mean of -sum_k t_k log (p_S Q)_k`, where row i of Q tells
 * which class the teacher gives to images of class i: `diagonal` for i itself, the rest by a softmax that is learnt.
 * Chen et al., "Learning Student Networks in the Wild", CVPR 2021 (DFND), section 3.2.
 * @param logits of the student, [batch, classes]
 * @param targets one-hot, the teacher's classes, [batch, classes]
 * @returns scalar, nats
 * @throws WinnowError SHAPE_MISMATCH
 */
export function noiseAdaptationLoss(logits: tf.Tensor2D, targets: tf.Tensor2D, noise: NoiseAdaptation): tf.Scalar {
  requireSameShape('noiseAdaptationLoss', logits.shape, targets.shape);
  const classCount = logits.shape[1];
  requireSameShape('noiseAdaptationLoss', noise.matrix.shape, [classCount, classCount]);
  return tf.tidy(() => {
    const given = tf.matMul(tf.softmax(logits) as tf.Tensor2D, adaptationMatrix(noise));
    const logs = tf.log(tf.maximum(given, SMALLEST_PROBABILITY));
    return tf.neg(tf.mean(tf.sum(tf.mul(targets, logs), 1))) as tf.Scalar;
  });
}

/** Rows sum to 1. */
function adaptationMatrix({ matrix, diagonal }: NoiseAdaptation): tf.Tensor2D {
  const itself = tf.eye(matrix.shape[0]);
  if (matrix.shape[0] === 1) return itself;
  const others = tf.softmax(tf.add(matrix, tf.mul(itself, EXCLUDED)));
  return tf.add(tf.mul(itself, diagonal), tf.mul(others, 1 - diagonal)) as tf.Tensor2D;
}
