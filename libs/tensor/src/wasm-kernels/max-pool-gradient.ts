import * as tf from '@tensorflow/tfjs';

import type { ConvAttributes, Shape4 } from '../engines/conv-attributes';
import type { CustomKernel } from '../engines/custom-kernel';
import { padOrCrop, spread } from './pad-or-crop';

type Attributes = Pick<ConvAttributes, 'dimRoundingMode' | 'pad' | 'strides'> & {
  readonly filterSize: number | [number, number];
};

/**
 * Gradient of max pooling: each window's goes to the first of its largest values, as in PyTorch. Takes the place of a
 * kernel that finds no largest value where all are negative. Unpadded pooling only: see maxPool.
 */
export const maxPoolGradient: CustomKernel = {
  name: 'MaxPoolGrad',
  compute(inputs, attributes) {
    const { dy, input: x, output } = inputs as { dy: tf.Tensor4D; input: tf.Tensor4D; output: tf.Tensor4D };
    const { filterSize, strides, pad, dimRoundingMode } = attributes as unknown as Attributes;
    const shape: Shape4 = x.shape;
    const info = tf.backend_util.computePool2DInfo(shape, filterSize, strides, 1, pad, dimRoundingMode);
    if (info.padInfo.type !== 'VALID') return undefined;
    const { strideHeight: down, strideWidth: right } = info;
    const height = (info.outHeight - 1) * down + 1;
    const width = (info.outWidth - 1) * right + 1;
    let unclaimed: tf.Tensor = tf.onesLike(dy);
    const parts = Array.from({ length: info.filterHeight * info.filterWidth }, (_, index) => {
      const [row, column] = [Math.floor(index / info.filterWidth), index % info.filterWidth];
      const end = [info.batchSize, row + height, column + width, info.inChannels];
      const seen = x.stridedSlice([0, row, column, 0], end, [1, down, right, 1]);
      const chosen = seen.equal(output).toFloat().mul(unclaimed);
      unclaimed = unclaimed.sub(chosen);
      const apart = spread(dy.mul(chosen), down, right);
      return padOrCrop(apart, margins(row, apart.shape[1], shape[1]), margins(column, apart.shape[2], shape[2]));
    });
    return tf.addN(parts);
  },
};

/** What lies before and after `length` places that start at `begin` of `whole`. */
function margins(begin: number, length: number, whole: number): [number, number] {
  return [begin, whole - begin - length];
}
