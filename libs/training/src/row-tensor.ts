import { tf } from '@winnow/tensor';

/** The named rows of a row-major table, [rows, width]. */
export function rowTensor(
  values: Float32Array,
  { rows, width }: { readonly rows: Int32Array; readonly width: number },
): tf.Tensor2D {
  const picked = new Float32Array(rows.length * width);
  rows.forEach((row, index) => picked.set(values.subarray(row * width, (row + 1) * width), index * width));
  return tf.tensor2d(picked, [rows.length, width]);
}
