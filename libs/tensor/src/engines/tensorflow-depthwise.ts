import * as tf from '@tensorflow/tfjs';

import type { ConvAttributes, Shape4 } from './conv-attributes';
import { depthwiseConvInfo } from './conv-attributes';
import type { CustomKernel } from './custom-kernel';
import { hasNativeKernels, runTensorflowKernel } from './tensorflow-kernel';

/** Sides of the filters that the kernels know. */
const SIDES: readonly number[] = [3, 5, 7];
/** Floats in a register of AVX2: the kernel works on so many channels at once. */
const LANES = 8;

/** Whether our kernels compute the gradients of a depthwise convolution with a filter of that shape. */
export function hasNativeGradients([height, width, channels, multiplier]: Shape4): boolean {
  return hasNativeKernels() && SIDES.includes(height) && width === height && channels % LANES === 0 && multiplier === 1;
}

function isNative(filterShape: Shape4, dilations: Attributes['dilations']): boolean {
  return [dilations].flat().every((step) => step === 1) && hasNativeGradients(filterShape);
}

type Attributes = Omit<ConvAttributes, 'dataFormat'> & {
  readonly dilations: number | readonly number[];
  readonly filterShape: Shape4;
};

/** Gradient of a depthwise convolution with respect to its filter; TensorFlow's own is the slowest kernel of a training step. */
export const nativeDepthwiseBackpropFilter: CustomKernel = {
  name: 'DepthwiseConv2dNativeBackpropFilter',
  compute(inputs, attributes) {
    const { x, dy } = inputs as { x: tf.Tensor4D; dy: tf.Tensor4D };
    const { filterShape, dilations, ...rest } = attributes as unknown as Attributes;
    const [kernel] = filterShape;
    if (!isNative(filterShape, dilations)) return undefined;
    const { strideHeight: stride, strideWidth, padInfo } = depthwiseConvInfo(x.shape, filterShape, rest);
    if (stride !== strideWidth) return undefined;
    const [result] = runTensorflowKernel({
      name: 'WinnowDepthwiseFilterGrad',
      inputs: [x, dy],
      outputs: 1,
      integers: { kernel, stride, top: padInfo.top, left: padInfo.left },
    });
    return result;
  },
};

/** Depthwise convolution with other zeros than tfjs-node can say: without it they would have to be put around x, a copy of it. */
export const explicitDepthwise: CustomKernel = {
  name: 'DepthwiseConv2dNative',
  compute(inputs, attributes) {
    const { x, filter } = inputs as { x: tf.Tensor4D; filter: tf.Tensor4D };
    const { dilations, ...rest } = attributes as unknown as Attributes;
    if (typeof rest.pad === 'string') return undefined;
    const { strideHeight, strideWidth, padInfo } = depthwiseConvInfo(x.shape, filter.shape, rest);
    const { top, bottom, left, right } = padInfo;
    const [dilation = 1] = [dilations].flat();
    const [result] = runTensorflowKernel({
      name: 'DepthwiseConv2dNative',
      inputs: [x, filter],
      outputs: 1,
      floatTypes: ['T'],
      integers: {
        strides: [1, strideHeight, strideWidth, 1],
        explicit_paddings: [0, 0, top, bottom, left, right, 0, 0],
        dilations: [1, dilation, dilation, 1],
      },
      strings: { padding: 'EXPLICIT', data_format: 'NHWC' },
    });
    return result;
  },
};

/** Its gradient with respect to x. */
export const nativeDepthwiseBackpropInput: CustomKernel = {
  name: 'DepthwiseConv2dNativeBackpropInput',
  compute(inputs, attributes) {
    const { dy, filter } = inputs as { dy: tf.Tensor4D; filter: tf.Tensor4D };
    const { inputShape, dilations, ...rest } = attributes as unknown as Attributes & { readonly inputShape: Shape4 };
    if (!isNative(filter.shape, dilations)) return undefined;
    const { strideHeight: stride, strideWidth, padInfo } = depthwiseConvInfo(inputShape, filter.shape, rest);
    // TensorFlow's own is as fast where every pixel begins a window, but knows no list of zeros.
    if (stride !== strideWidth || (stride === 1 && typeof rest.pad === 'string')) return undefined;
    const [result] = runTensorflowKernel({
      name: 'WinnowDepthwiseInputGrad',
      inputs: [dy, filter, tf.tensor1d(inputShape, 'int32')],
      outputs: 1,
      integers: { stride, top: padInfo.top, left: padInfo.left },
    });
    return result;
  },
};
