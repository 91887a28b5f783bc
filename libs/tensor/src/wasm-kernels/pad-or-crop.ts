import type * as tf from '@tensorflow/tfjs';

/** Zeros to add before and after an axis; a negative number takes elements away. */
export type Margin = readonly [before: number, after: number];

/** Pads or crops height and width of [batch, height, width, channels]. */
export function padOrCrop(x: tf.Tensor4D, rows: Margin, columns: Margin): tf.Tensor4D {
  const begin = [0, Math.max(-rows[0], 0), Math.max(-columns[0], 0), 0];
  const end = [0, Math.max(-rows[1], 0), Math.max(-columns[1], 0), 0];
  const size = x.shape.map((length, axis) => length - (begin[axis] as number) - (end[axis] as number));
  const cropped = size.every((length, axis) => length === x.shape[axis]) ? x : x.slice(begin, size);
  const padding = [rows, columns].map(([before, after]) => [Math.max(before, 0), Math.max(after, 0)]);
  if (padding.flat().every((count) => count === 0)) return cropped;
  return cropped.pad([[0, 0], ...padding, [0, 0]] as [number, number][]);
}

/** Puts stride - 1 zeros after every row and column: [b, h, w, c] -> [b, h stride, w stride, c]. */
export function spread(x: tf.Tensor4D, strideHeight: number, strideWidth: number): tf.Tensor4D {
  const [batch, height, width, channels] = x.shape;
  let wide: tf.Tensor = x;
  if (strideWidth > 1) wide = padMiddle(x.reshape([batch * height * width, 1, channels]), strideWidth);
  if (strideHeight > 1) {
    wide = padMiddle(wide.reshape([batch * height, 1, width * strideWidth * channels]), strideHeight);
  }
  return wide.reshape([batch, height * strideHeight, width * strideWidth, channels]);
}

function padMiddle(x: tf.Tensor3D, length: number): tf.Tensor {
  return x.pad([
    [0, 0],
    [0, length - 1],
    [0, 0],
  ]);
}
