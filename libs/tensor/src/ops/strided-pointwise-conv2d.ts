import * as tf from '@tensorflow/tfjs';

/** oneDNN's filter gradient of a strided 1x1 convolution gives wrong sums for fewer input channels. */
const ONEDNN_LEAST_CHANNELS = 8;

/**
 * Convolution with a 1x1 filter and a stride over one pixel, as in projection shortcuts. For few channels the filter
 * gradient is a matrix product over the pixels that the window meets.
 * @param x [batch, height, width, in]
 * @param filter [1, 1, in, out]
 * @returns [batch, ceil(height / stride), ceil(width / stride), out]
 */
export function stridedPointwiseConv2d(x: tf.Tensor4D, filter: tf.Tensor4D, stride: number): tf.Tensor4D {
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
