import * as tf from '@tensorflow/tfjs';

import type { ConvAttributes, Shape4 } from '../engines/conv-attributes';
import { convInfo } from '../engines/conv-attributes';
import type { CustomKernel } from '../engines/custom-kernel';
import { padOrCrop, spread } from './pad-or-crop';

/**
 * Gradient of a convolution with respect to its input: dy, spread by the stride, convolved with the filter turned by
 * 180 degrees and its channels swapped. Takes the place of a kernel that is ten times slower; that one keeps NCHW.
 */
export const conv2dBackpropInput: CustomKernel = {
  name: 'Conv2DBackpropInput',
  compute(inputs, attributes) {
    const { dy, filter } = inputs as { dy: tf.Tensor4D; filter: tf.Tensor4D };
    const { inputShape, ...attrs } = attributes as unknown as ConvAttributes & {
      inputShape: Shape4;
    };
    if (attrs.dataFormat !== 'NHWC') return undefined;
    const info = convInfo(inputShape, filter.shape, attrs);
    const rows = inputMargin(info.inHeight, info.outHeight * info.strideHeight, info.filterHeight, info.padInfo.top);
    const columns = inputMargin(info.inWidth, info.outWidth * info.strideWidth, info.filterWidth, info.padInfo.left);
    const spreadDy = padOrCrop(spread(dy, info.strideHeight, info.strideWidth), rows, columns);
    const turned = filter.reverse([0, 1]).transpose([0, 1, 3, 2]) as tf.Tensor4D;
    return tf.conv2d(spreadDy, turned, 1, 'valid');
  },
};

/** Margins that make the full correlation of `spreadLength` rows end at the input's length. */
export function inputMargin(length: number, spreadLength: number, kernel: number, padBefore: number): [number, number] {
  const before = kernel - 1 - padBefore;
  return [before, length + kernel - 1 - spreadLength - before];
}

/**
 * Gradient of a convolution with respect to its filter: x as [in, height, width, batch] convolved with dy as
 * [height, width, batch, out], dilated by the stride, so that the batch is what is summed over.
 */
export const conv2dBackpropFilter: CustomKernel = {
  name: 'Conv2DBackpropFilter',
  compute(inputs, attributes) {
    const { x, dy } = inputs as { x: tf.Tensor4D; dy: tf.Tensor4D };
    const { filterShape, ...attrs } = attributes as unknown as ConvAttributes & {
      filterShape: Shape4;
    };
    if (attrs.dataFormat !== 'NHWC') return undefined;
    const info = convInfo(x.shape, filterShape, attrs);
    const rows = filterMargin(
      info.inHeight,
      (info.outHeight - 1) * info.strideHeight,
      info.filterHeight,
      info.padInfo.top,
    );
    const columns = filterMargin(
      info.inWidth,
      (info.outWidth - 1) * info.strideWidth,
      info.filterWidth,
      info.padInfo.left,
    );
    const turned = padOrCrop(x.transpose([3, 1, 2, 0]) as tf.Tensor4D, rows, columns);
    const window = dy.transpose([1, 2, 0, 3]) as tf.Tensor4D;
    const dilations: [number, number] = [info.strideHeight, info.strideWidth];
    return tf.conv2d(turned, window, 1, 'valid', 'NHWC', dilations).transpose([1, 2, 0, 3]);
  },
};

/** Margins that leave exactly `kernel` places for a window that spans `reach` + 1 rows. */
function filterMargin(length: number, reach: number, kernel: number, padBefore: number): [number, number] {
  return [padBefore, kernel + reach - length - padBefore];
}
