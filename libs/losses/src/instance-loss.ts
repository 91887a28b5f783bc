import { tf } from '@winnow/tensor';
import { crossEntropy } from './cross-entropy';
import { l2Normalize } from './l2-normalize';
import { requireSameShape } from './require-shape';

/** The paper's. */
const TEMPERATURE = 0.3;

/** Added to the similarity of a feature with itself, which is neither positive nor negative. */
const EXCLUDED = -1e9;

/**
 * InfoNCE between networks: for every feature of either bank, the other network's feature of the same image is the
 * positive and the 2 (batch - 1) features of other images, from both banks, are the negatives; mean over all anchors.
 * Li, Xiong and Hoi, ICCV 2021, equation 2 (L_cc), with student and teacher in place of the two views, as Tang et al.,
 * IEEE TIP 2024, use it. Features are L2-normalised here.
 * @param student [batch, dim]
 * @param teacher [batch, dim]
 * @returns scalar, nats; 0 for a batch of one
 * @throws WinnowError SHAPE_MISMATCH
 */
export function instanceLoss(student: tf.Tensor2D, teacher: tf.Tensor2D): tf.Scalar {
  requireSameShape('instanceLoss', student.shape, teacher.shape);
  const batch = student.shape[0];
  return tf.tidy(() => {
    const bank = tf.concat2d([l2Normalize(student), l2Normalize(teacher)], 0);
    const similarities = tf.div(tf.matMul(bank, bank, false, true), TEMPERATURE);
    const itself = tf.eye(2 * batch);
    const logits = tf.add(similarities, tf.mul(itself, EXCLUDED)) as tf.Tensor2D;
    return crossEntropy(logits, partners(batch));
  });
}

/** Row i marks the column of the same image in the other bank, [2 batch, 2 batch]. */
function partners(batch: number): tf.Tensor2D {
  const size = 2 * batch;
  const rows = new Float32Array(size * size);
  for (let row = 0; row < size; row += 1) rows[row * size + ((row + batch) % size)] = 1;
  return tf.tensor2d(rows, [size, size]);
}
