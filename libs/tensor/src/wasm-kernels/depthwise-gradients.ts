import * as tf from '@tensorflow/tfjs';

import type { ConvAttributes, ConvInfo, Shape4 } from '../engines/conv-attributes';
import { depthwiseConvInfo } from '../engines/conv-attributes';
import type { CustomKernel } from '../engines/custom-kernel';
import { inputMargin } from './conv2d-gradients';
import { padOrCrop, spread } from './pad-or-crop';

/** Attributes of a depthwise convolution that is not dilated; only such are implemented. */
type Attributes = Omit<ConvAttributes, 'dataFormat'> & { readonly dilations: number | [number, number] };

/** Gradient of a depthwise convolution with respect to its input: dy, spread by the stride, with the filter turned. */
export const depthwiseBackpropInput: CustomKernel = {
  name: 'DepthwiseConv2dNativeBackpropInput',
  compute(inputs, attributes) {
    const { dy, filter } = inputs as { dy: tf.Tensor4D; filter: tf.Tensor4D };
    const { inputShape, ...attrs } = attributes as unknown as Attributes & { inputShape: Shape4 };
    if (isDilated(attrs.dilations)) return undefined;
    const info = depthwiseConvInfo(inputShape, filter.shape, attrs);
    const rows = inputMargin(info.inHeight, info.outHeight * info.strideHeight, info.filterHeight, info.padInfo.top);
    const columns = inputMargin(info.inWidth, info.outWidth * info.strideWidth, info.filterWidth, info.padInfo.left);
    const parts = multiples(dy, filter.shape[3]).map((part, index) => {
      const window = filter.slice([0, 0, 0, index], [-1, -1, -1, 1]).reverse([0, 1]) as tf.Tensor4D;
      const spreadDy = padOrCrop(spread(part, info.strideHeight, info.strideWidth), rows, columns);
      return tf.depthwiseConv2d(spreadDy, window, 1, 'valid');
    });
    return parts.length === 1 ? parts[0] : tf.addN(parts);
  },
};

/** Gradient of a depthwise convolution with respect to its filter: one product and sum for each place of the filter. */
export const depthwiseBackpropFilter: CustomKernel = {
  name: 'DepthwiseConv2dNativeBackpropFilter',
  compute(inputs, attributes) {
    const { x, dy } = inputs as { x: tf.Tensor4D; dy: tf.Tensor4D };
    const { filterShape, ...attrs } = attributes as unknown as Attributes & { filterShape: Shape4 };
    if (isDilated(attrs.dilations)) return undefined;
    const info = depthwiseConvInfo(x.shape, filterShape, attrs);
    const padded = padOrCrop(x, ...windowMargins(info));
    const parts = multiples(dy, filterShape[3]).map((part) => {
      const indices = Array.from({ length: info.filterHeight * info.filterWidth }, (_, place) => {
        const seen = seenFrom(padded, info, [Math.floor(place / info.filterWidth), place % info.filterWidth]);
        return seen.mul(part).sum([0, 1, 2]);
      });
      return tf.stack(indices).reshape([...filterShape.slice(0, 3), 1]);
    });
    return tf.concat(parts, 3);
  },
};

/** dy of each of the `count` outputs that a channel has, [batch, height, width, channels]. */
function multiples(dy: tf.Tensor4D, count: number): tf.Tensor4D[] {
  if (count === 1) return [dy];
  const [batch, height, width, channels] = dy.shape;
  const apart = dy.reshape([batch * height * width, channels / count, count]);
  return Array.from({ length: count }, (_, index) =>
    apart.slice([0, 0, index], [-1, -1, 1]).reshape([batch, height, width, channels / count]),
  );
}

/** Margins after which every window lies inside: what the forward pass pads, without rows that it never sees. */
function windowMargins(info: ConvInfo): [[number, number], [number, number]] {
  const { top, left } = info.padInfo;
  const height = (info.outHeight - 1) * info.strideHeight + info.filterHeight;
  const width = (info.outWidth - 1) * info.strideWidth + info.filterWidth;
  return [
    [top, height - top - info.inHeight],
    [left, width - left - info.inWidth],
  ];
}

/** What one place of the filter sees: [batch, outHeight, outWidth, channels]. */
function seenFrom(padded: tf.Tensor4D, info: ConvInfo, [row, column]: readonly [number, number]): tf.Tensor {
  const [batch, , , channels] = padded.shape;
  const height = (info.outHeight - 1) * info.strideHeight + 1;
  const width = (info.outWidth - 1) * info.strideWidth + 1;
  const begin = [0, row, column, 0];
  if (info.strideHeight === 1 && info.strideWidth === 1) return padded.slice(begin, [batch, height, width, channels]);
  const end = [batch, row + height, column + width, channels];
  return padded.stridedSlice(begin, end, [1, info.strideHeight, info.strideWidth, 1]);
}

function isDilated(dilations: number | [number, number]): boolean {
  return [dilations].flat().some((step) => step !== 1);
}
