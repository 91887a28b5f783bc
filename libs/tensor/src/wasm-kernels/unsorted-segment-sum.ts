import * as tf from '@tensorflow/tfjs';

import type { CustomKernel } from '../engines/own-kernel';

/** Sums the rows of x by segment, which is the gradient of gather: a product with the segments' one-hot rows. */
export const unsortedSegmentSum: CustomKernel = {
  name: 'UnsortedSegmentSum',
  compute(inputs, attributes) {
    const { x, segmentIds } = inputs as { x: tf.Tensor; segmentIds: tf.Tensor1D };
    const { numSegments } = attributes as { numSegments: number };
    if (segmentIds.rank !== 1 || x.size === 0) return undefined;
    const rows = segmentIds.size;
    const members = tf.oneHot(segmentIds, numSegments).toFloat() as tf.Tensor2D;
    const sums = tf.matMul(members, x.toFloat().reshape([rows, x.size / rows]), true);
    return sums.reshape([numSegments, ...x.shape.slice(1)]).cast(x.dtype);
  },
};
