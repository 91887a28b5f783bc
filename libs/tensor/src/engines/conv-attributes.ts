import * as tf from '@tensorflow/tfjs';

export type ConvInfo = ReturnType<typeof tf.backend_util.computeConv2DInfo>;

/** Attributes of tfjs's convolution kernels. */
export interface ConvAttributes {
  readonly strides: number | [number, number];
  readonly pad: number | 'same' | 'valid' | tf.backend_util.ExplicitPadding;
  readonly dataFormat: 'NHWC' | 'NCHW';
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

export type Shape4 = [number, number, number, number];

/** Sizes and paddings of an undilated NHWC convolution. */
export function convInfo(inputShape: Shape4, filterShape: Shape4, attributes: ConvAttributes): ConvInfo {
  const { strides, pad, dimRoundingMode } = attributes;
  return tf.backend_util.computeConv2DInfo(inputShape, filterShape, strides, 1, pad, dimRoundingMode);
}

/** Likewise of a depthwise convolution; the filter is [height, width, channels, outputs per channel]. */
export function depthwiseConvInfo(
  inputShape: Shape4,
  filterShape: Shape4,
  attributes: Omit<ConvAttributes, 'dataFormat'>,
): ConvInfo {
  const { strides, pad, dimRoundingMode } = attributes;
  return tf.backend_util.computeConv2DInfo(inputShape, filterShape, strides, 1, pad, dimRoundingMode, true);
}
