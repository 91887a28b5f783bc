/**
 * @param values [rows, columns], row-major
 * @returns each row's largest value, [rows]
 */
export function largestOfRows(values: ArrayLike<number>, columns: number): Float64Array {
  const largest = new Float64Array(values.length / columns).fill(-Infinity);
  for (let at = 0; at < values.length; at += 1) {
    const row = Math.floor(at / columns);
    largest[row] = Math.max(largest[row] as number, values[at] as number);
  }
  return largest;
}
