/**
 * @param values [rows, columns], row-major
 * @returns column of each row's largest value, the first of equals, [rows]
 */
export function argmaxRows(values: ArrayLike<number>, columns: number): Int32Array {
  return Int32Array.from({ length: values.length / columns }, (_, row) => {
    let best = 0;
    for (let column = 1; column < columns; column += 1) {
      if ((values[row * columns + column] as number) > (values[row * columns + best] as number)) best = column;
    }
    return best;
  });
}
