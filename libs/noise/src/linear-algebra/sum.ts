/** Sum of the values, from the first on; 0 without any. */
export function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0);
}
