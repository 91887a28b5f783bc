/**
 * Maps values to 0..1: `(v - min) / (max - min)`; all zeros where every value is the same.
 * @returns [count]
 */
export function minMaxScale(values: ArrayLike<number>): Float64Array {
  let low = Infinity;
  let high = -Infinity;
  for (let index = 0; index < values.length; index += 1) {
    low = Math.min(low, values[index] as number);
    high = Math.max(high, values[index] as number);
  }
  const span = high - low;
  return Float64Array.from(values, (value) => (span > 0 ? (value - low) / span : 0));
}
