import { tf } from '@winnow/tensor';
import { classOneHot } from './class-one-hot';
import { l2Normalize } from './l2-normalize';
import { requireSameShape } from './require-shape';

/**
 * Class prototypes `c_k = normalise(mean of the features of class k)`; a class without members gets the zero vector.
 * Li, Xiong and Hoi, "Learning from Noisy Data with Robust Representation Learning", ICCV 2021, section 3.2.
 * @param features [count, dim], usually L2-normalised
 * @param labels class index of every row, [count]
 * @returns [classCount, dim], rows of length 1 or 0
 * @throws WinnowError SHAPE_MISMATCH, or INTERNAL for a label outside the classes
 */
export function prototypes(features: tf.Tensor2D, labels: ArrayLike<number>, classCount: number): tf.Tensor2D {
  requireSameShape('prototypes (features, labels)', [features.shape[0]], [labels.length]);
  return tf.tidy(() => {
    const membership = classOneHot(labels, classCount);
    const sums = tf.matMul(membership, features, true, false);
    const counts = tf.maximum(tf.reshape(tf.sum(membership, 0), [classCount, 1]), 1);
    return l2Normalize(tf.div(sums, counts) as tf.Tensor2D);
  });
}
