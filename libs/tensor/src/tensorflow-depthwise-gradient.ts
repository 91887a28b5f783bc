import type * as tf from '@tensorflow/tfjs';

import type { ConvAttributes, Shape4 } from './conv-attributes';
import { depthwiseConvInfo } from './conv-attributes';
import type { OwnKernel } from './own-kernel';
import { hasNativeKernels, runTensorflowKernel } from './tensorflow-kernel';

/** Sides of the filters that the kernel knows. */
const SIDES: readonly number[] = [3, 5, 7];
/** Floats in a register of AVX2: the kernel works on so many channels at once. */
const LANES = 8;

type Attributes = Omit<ConvAttributes, 'dataFormat'> & {
  readonly dilations: number | readonly number[];
  readonly filterShape: Shape4;
};

/** Gradient of a depthwise convolution with respect to its filter; TensorFlow's own is the slowest kernel of a training step. */
export const nativeDepthwiseBackpropFilter: OwnKernel = {
  name: 'DepthwiseConv2dNativeBackpropFilter',
  compute(inputs, attributes) {
    const { x, dy } = inputs as { x: tf.Tensor4D; dy: tf.Tensor4D };
    const { filterShape, dilations, ...rest } = attributes as unknown as Attributes;
    const [kernel, width, channels, multiplier] = filterShape;
    const isDilated = [dilations].flat().some((step) => step !== 1);
    const isKnown = SIDES.includes(kernel) && width === kernel && channels % LANES === 0 && multiplier === 1;
    if (!hasNativeKernels() || isDilated || !isKnown) return undefined;
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
