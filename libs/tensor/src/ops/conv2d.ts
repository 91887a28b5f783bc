import * as tf from '@tensorflow/tfjs';
import { hasTensorflowKernels } from '../engines/tensorflow-kernel';

export interface Conv2dOptions {
  /** Step of the window, pixels, both axes. */
  readonly stride: number;
  /** Zeros added on each of the four sides, pixels. */
  readonly padding: number;
}

/**
 * Two-dimensional cross-correlation with PyTorch's padding: the same number of zeros on every side. (TensorFlow's
 * 'same' puts the odd one below and to the right, which shifts every layer of stride 2.)
 * @param x [batch, height, width, in]
 * @param filter [height, width, in, out]
 * @returns [batch, floor((height + 2 padding - kernel) / stride) + 1, likewise width, out]
 */
export function conv2d(x: tf.Tensor4D, filter: tf.Tensor4D, { stride, padding }: Conv2dOptions): tf.Tensor4D {
  if (filter.shape[0] === 1 && filter.shape[1] === 1 && padding === 0 && stride > 1) {
    return stridedPointwiseConv2d(x, filter, stride);
  }
  if (stride > 1 && padding > 0 && hasTensorflowKernels()) {
    return tf.tidy(() =>
      tf.conv2d(padForStride(x, filter.shape, { stride, padding }), filter, stride, 'valid', 'NHWC'),
    );
  }
  return tf.conv2d(x, filter, stride, paddingOf(filter.shape, stride, padding), 'NHWC');
}

/**
 * Adds the zeros that some window meets. oneDNN's kernels for the gradients take no explicit paddings: without this
 * TensorFlow falls back to kernels that are four times slower.
 */
function padForStride(
  x: tf.Tensor4D,
  [height, width]: readonly [number, number, number, number],
  { stride, padding }: Conv2dOptions,
): tf.Tensor4D {
  const after = (size: number, kernel: number) => Math.max(0, padding - ((size + 2 * padding - kernel) % stride));
  return tf.pad(x, [
    [0, 0],
    [padding, after(x.shape[1], height)],
    [padding, after(x.shape[2], width)],
    [0, 0],
  ]) as tf.Tensor4D;
}

/** Where 'same' or 'valid' mean just that, they are said: every engine has its fastest kernels for them. */
function paddingOf(
  [height, width]: readonly number[],
  stride: number,
  padding: number,
): 'same' | 'valid' | tf.backend_util.ExplicitPadding {
  if (padding === 0) return 'valid';
  const kernel = 2 * padding + 1;
  if (stride === 1 && height === kernel && width === kernel) return 'same';
  // A plain number would not do: tfjs then sizes the result by the kernel's height on both axes.
  return [
    [0, 0],
    [padding, padding],
    [padding, padding],
    [0, 0],
  ];
}

/** oneDNN's filter gradient of a strided 1x1 convolution gives wrong sums for fewer input channels. */
const ONEDNN_LEAST_CHANNELS = 8;

/**
 * Convolution with a 1x1 filter and a stride over one pixel, as in projection shortcuts. For few channels the filter
 * gradient is a matrix product over the pixels that the window meets.
 * @param x [batch, height, width, in]
 * @param filter [1, 1, in, out]
 * @returns [batch, ceil(height / stride), ceil(width / stride), out]
 */
function stridedPointwiseConv2d(x: tf.Tensor4D, filter: tf.Tensor4D, stride: number): tf.Tensor4D {
  if (x.shape[3] >= ONEDNN_LEAST_CHANNELS) return tf.conv2d(x, filter, stride, 'valid', 'NHWC');
  const convolve = tf.customGrad((...inputs) => {
    const [images, weights, save] = inputs as unknown as [tf.Tensor4D, tf.Tensor4D, (tensors: tf.Tensor[]) => void];
    save([images, weights]);
    return {
      value: tf.conv2d(images, weights, stride, 'valid', 'NHWC'),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [xs, ws] = saved as [tf.Tensor4D, tf.Tensor4D];
        return [
          tf.conv2dTranspose(dy as tf.Tensor4D, ws, xs.shape, stride, 'valid'),
          filterGradient(xs, ws, { dy, stride }),
        ];
      },
    };
  });
  return convolve(x, filter) as tf.Tensor4D;
}

/** Sum of x^T dy over the pixels that the window meets, [1, 1, in, out]. */
function filterGradient(
  x: tf.Tensor4D,
  filter: tf.Tensor4D,
  { dy, stride }: { readonly dy: tf.Tensor; readonly stride: number },
): tf.Tensor4D {
  const [, , channels, out] = filter.shape;
  const met = tf.stridedSlice(x, [0, 0, 0, 0], x.shape, [1, stride, stride, 1]);
  const product = tf.matMul(met.reshape([-1, channels]), dy.reshape([-1, out]), true, false);
  return product.reshape(filter.shape);
}
