import * as tf from '@tensorflow/tfjs';

import type { ConvAttributes, ConvInfo, Shape4 } from './conv-attributes';
import { convInfo } from './conv-attributes';
import type { CustomKernel } from './custom-kernel';
import { runTensorflowKernel } from './tensorflow-kernel';

/** Gradient of a convolution with respect to its input, for paddings that tfjs-node has no gradient for. */
export const explicitConv2dBackpropInput: CustomKernel = {
  name: 'Conv2DBackpropInput',
  compute(inputs, attributes) {
    const { dy, filter } = inputs as { dy: tf.Tensor4D; filter: tf.Tensor4D };
    const { inputShape, ...rest } = attributes as unknown as ConvAttributes & { inputShape: Shape4 };
    return explicit('Conv2DBackpropInput', rest, {
      info: () => convInfo(inputShape, filter.shape, rest),
      inputs: () => [tf.tensor1d(inputShape, 'int32'), filter, dy],
    });
  },
};

/** Gradient of a convolution with respect to its filter, likewise. */
export const explicitConv2dBackpropFilter: CustomKernel = {
  name: 'Conv2DBackpropFilter',
  compute(inputs, attributes) {
    const { x, dy } = inputs as { x: tf.Tensor4D; dy: tf.Tensor4D };
    const { filterShape, ...rest } = attributes as unknown as ConvAttributes & { filterShape: Shape4 };
    return explicit('Conv2DBackpropFilter', rest, {
      info: () => convInfo(x.shape, filterShape, rest),
      inputs: () => [x, tf.tensor1d(filterShape, 'int32'), dy],
    });
  },
};

function explicit(
  name: string,
  { dataFormat, pad }: ConvAttributes,
  call: { info(): ConvInfo; inputs(): tf.Tensor[] },
): tf.Tensor | undefined {
  if (dataFormat !== 'NHWC' || typeof pad === 'string') return undefined;
  const { padInfo, strideHeight, strideWidth } = call.info();
  if (padInfo.type === 'VALID') return undefined;
  const [result] = runTensorflowKernel({
    name,
    inputs: call.inputs(),
    outputs: 1,
    floatTypes: ['T'],
    integers: {
      strides: [1, strideHeight, strideWidth, 1],
      explicit_paddings: [0, 0, padInfo.top, padInfo.bottom, padInfo.left, padInfo.right, 0, 0],
      dilations: [1, 1, 1, 1],
    },
    strings: { padding: 'EXPLICIT', data_format: 'NHWC' },
  });
  return result;
}
