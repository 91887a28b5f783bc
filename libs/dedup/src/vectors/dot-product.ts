/** Sum of products of row i and another one, both of [n, dimensions], in double precision and in order. */
export function dotProduct(
  vectors: Float32Array,
  i: number,
  other: { readonly vectors: Float32Array; readonly row: number },
  dimensions: number,
): number {
  let sum = 0;
  const [from, otherFrom] = [i * dimensions, other.row * dimensions];
  for (let dimension = 0; dimension < dimensions; dimension += 1) {
    sum += (vectors[from + dimension] as number) * (other.vectors[otherFrom + dimension] as number);
  }
  return sum;
}
