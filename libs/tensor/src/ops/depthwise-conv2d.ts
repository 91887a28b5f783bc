import * as tf from '@tensorflow/tfjs';

import type { Conv2dOptions } from './conv2d';
import { hasNativeGradients } from '../engines/tensorflow-depthwise';
import { hasNativeKernels, runTensorflowKernel } from '../engines/tensorflow-kernel';

export interface DepthwiseConv2dOptions extends Conv2dOptions {
  /** [channels], added to the result. */
  readonly bias?: tf.Tensor1D | undefined;
}

/** Side of the windows for which our own kernel is the faster one. */
const NATIVE_KERNEL = 7;
/** Floats in a register of AVX2: the kernel works on so many channels at once. */
const NATIVE_CHANNELS = 8;

/**
 * Cross-correlation of each channel with a filter of its own, PyTorch's padding (the same number of zeros on every side).
 * @param x [batch, height, width, channels]
 * @param filter [height, width, channels, 1]
 * @returns [batch, floor((height + 2 padding - kernel) / stride) + 1, likewise width, channels]
 */
export function depthwiseConv2d(x: tf.Tensor4D, filter: tf.Tensor4D, options: DepthwiseConv2dOptions): tf.Tensor4D {
  const { stride, padding, bias } = options;
  const kernel = 2 * padding + 1;
  const keepsSize = stride === 1 && filter.shape[0] === kernel && filter.shape[1] === kernel;
  const isNative = keepsSize && kernel === NATIVE_KERNEL && x.shape[3] % NATIVE_CHANNELS === 0;
  if (isNative && hasNativeKernels()) return nativeDepthwise(x, filter, bias);
  return tf.tidy(() => {
    const y = stockDepthwise(x, filter, { stride, padding, keepsSize });
    return bias ? (tf.add(y, bias) as tf.Tensor4D) : y;
  });
}

function stockDepthwise(
  x: tf.Tensor4D,
  filter: tf.Tensor4D,
  { stride, padding, keepsSize }: Conv2dOptions & { readonly keepsSize: boolean },
): tf.Tensor4D {
  if (padding === 0) return tf.depthwiseConv2d(x, filter, stride, 'valid');
  if (keepsSize) return tf.depthwiseConv2d(x, filter, 1, 'same');
  if (padding < filter.shape[0] && hasNativeGradients(filter.shape)) {
    const zeros = [[0, 0], [padding, padding], [padding, padding], [0, 0]] as tf.backend_util.ExplicitPadding; // prettier-ignore
    return tf.depthwiseConv2d(x, filter, stride, zeros);
  }
  const padded = tf.pad(x, [[0, 0], [padding, padding], [padding, padding], [0, 0]]); // prettier-ignore
  return tf.depthwiseConv2d(padded as tf.Tensor4D, filter, stride, 'valid');
}

/** One kernel of ours each way: convolution and bias, and the gradients of x, filter and bias. */
function nativeDepthwise(x: tf.Tensor4D, filter: tf.Tensor4D, bias: tf.Tensor1D | undefined): tf.Tensor4D {
  const compute = tf.customGrad((...args) => {
    const save = args.pop() as unknown as tf.GradSaveFunc;
    const [input, weight, offset = tf.tensor1d([])] = args as tf.Tensor[];
    const inputs = [input, weight, offset] as tf.Tensor[];
    const [y] = runTensorflowKernel({ name: 'WinnowDepthwise', inputs, outputs: 1 });
    save([input, weight] as tf.Tensor[]);
    return {
      value: y as tf.Tensor,
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const slopes = runTensorflowKernel({ name: 'WinnowDepthwiseGrad', inputs: [dy, ...saved], outputs: 3 });
        if (!bias) slopes.pop()?.dispose();
        return slopes;
      },
    };
  });
  return compute(x, filter, ...(bias ? [bias] : [])) as tf.Tensor4D;
}
