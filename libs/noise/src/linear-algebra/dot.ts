/** Scalar product of two vectors of equal length, summed from the first coordinate on. */
export function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let total = 0;
  for (let d = 0; d < a.length; d += 1) total += (a[d] as number) * (b[d] as number);
  return total;
}
