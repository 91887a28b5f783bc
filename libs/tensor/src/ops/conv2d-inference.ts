import { WinnowError } from '@winnow/contracts';
import * as tf from '@tensorflow/tfjs';

import { activate, type Activation } from './activation';
import { conv2d, type Conv2dOptions } from './conv2d';
import { hasNativeKernels, runTensorflowKernel } from '../engines/tensorflow-kernel';

export interface Conv2dInferenceOptions extends Conv2dOptions {
  readonly activation: Activation;
  /** Added before the activation, of the result's shape. */
  readonly plus?: tf.Tensor4D | undefined;
}

/** TensorFlow's names of the steps that one kernel does after a convolution. */
const FUSED_ACTIVATION: Readonly<Partial<Record<Activation, readonly string[]>>> = {
  none: [],
  relu: ['Relu'],
  relu6: ['Relu6'],
};

/**
 * activation(conv2d(x, filter) + bias + plus), for passes that need no gradient: on TensorFlow one kernel (oneDNN's
 * convolution with its sums and its activation).
 * @param x [batch, height, width, in]
 * @param filter [height, width, in, out]
 * @param bias [out]
 * @throws WinnowError SHAPE_MISMATCH
 */
export function conv2dInference(
  x: tf.Tensor4D,
  filter: tf.Tensor4D,
  bias: tf.Tensor1D,
  options: Conv2dInferenceOptions,
): tf.Tensor4D {
  requireFitting(x.shape, filter.shape, { ...options, bias });
  const { activation, plus: residual } = options;
  if (hasNativeKernels()) {
    if (FUSED_ACTIVATION[activation]) return fused(x, filter, bias, options);
    return tf.tidy(() => activate(fused(x, filter, bias, { ...options, activation: 'none' }), activation));
  }
  return tf.tidy(() => {
    const sum = conv2d(x, filter, options).add(bias) as tf.Tensor4D;
    return activate(residual ? (sum.add(residual) as tf.Tensor4D) : sum, activation);
  });
}

function fused(
  x: tf.Tensor4D,
  filter: tf.Tensor4D,
  bias: tf.Tensor1D,
  { stride, padding, activation, plus: residual }: Conv2dInferenceOptions,
): tf.Tensor4D {
  const [y] = runTensorflowKernel({
    name: '_MklNativeFusedConv2D',
    inputs: [x, filter, bias, ...(residual ? [residual] : [])],
    outputs: 1,
    floatTypes: ['T'],
    floatTypeLists: { TArgs: residual ? 2 : 1 },
    floats: { epsilon: 0, leakyrelu_alpha: 0 },
    integers: {
      num_args: residual ? 2 : 1,
      strides: [1, stride, stride, 1],
      explicit_paddings: padding === 0 ? [] : [0, 0, padding, padding, padding, padding, 0, 0],
      dilations: [1, 1, 1, 1],
    },
    strings: {
      padding: padding === 0 ? 'VALID' : 'EXPLICIT',
      data_format: 'NHWC',
      // Chooses oneDNN's kernel, which is registered beside the others under this label.
      _kernel: 'MklNameChangeOp',
    },
    stringLists: { fused_ops: ['BiasAdd', ...(residual ? ['Add'] : []), ...(FUSED_ACTIVATION[activation] ?? [])] },
  });
  return y as tf.Tensor4D;
}

/** oneDNN's kernel itself looks at no shape and would read past the end of what it adds. */
function requireFitting(
  [batch, height, width]: tf.Tensor4D['shape'],
  [rows, columns, , out]: tf.Tensor4D['shape'],
  {
    stride,
    padding,
    plus: residual,
    bias,
  }: Omit<Conv2dInferenceOptions, 'activation'> & { readonly bias: tf.Tensor1D },
): void {
  const side = (size: number, kernel: number) => Math.floor((size + 2 * padding - kernel) / stride) + 1;
  const result = [batch, side(height, rows), side(width, columns), out];
  if (bias.size === out && (!residual || residual.shape.join() === result.join())) return;
  throw new WinnowError(
    'SHAPE_MISMATCH',
    `conv2dInference: the result is [${result.join(', ')}], the bias [${bias.shape.join(', ')}]${residual ? `, the summand [${residual.shape.join(', ')}]` : ''}`,
  );
}
