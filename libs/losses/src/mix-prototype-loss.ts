import { tf } from '@winnow/tensor';
import { crossEntropy } from './cross-entropy';
import { requireSameColumns } from './require-shape';

/** T of the paper. */
const TEMPERATURE = 0.3;

/**
 * Prototype contrast of mixed images: cross-entropy of `embedding . c_k / T` with T = 0.3 against the mixed label.
 * Li, Xiong and Hoi, ICCV 2021, equation 5 (L_pc_mix); Tang et al., "Learning Student Network Under Universal Label
 * Noise", IEEE TIP 2024, use it for the teacher's and the student's embeddings.
 * @param embeddings of the mixed images, L2-normalised, [batch, dim]
 * @param classPrototypes [classes, dim]
 * @param softLabels mixed labels, [batch, classes]
 * @returns scalar, nats
 * @throws WinnowError SHAPE_MISMATCH
 */
export function mixPrototypeLoss(
  embeddings: tf.Tensor2D,
  classPrototypes: tf.Tensor2D,
  softLabels: tf.Tensor2D,
): tf.Scalar {
  requireSameColumns('mixPrototypeLoss (embeddings, prototypes)', embeddings.shape, classPrototypes.shape);
  return tf.tidy(() => {
    const similarities = tf.matMul(embeddings, classPrototypes, false, true);
    return crossEntropy(tf.div(similarities, TEMPERATURE) as tf.Tensor2D, softLabels);
  });
}
