/** Rows of equal length: X, [rows, width], row-major. */
export interface Table {
  readonly values: Float32Array;
  readonly width: number;
}

/**
 * `X w` for every row, four rows at once: a sum waits for itself.
 * @param weights w, [width]
 * @param products is filled, [rows]
 */
export function rowProducts({ values, width }: Table, weights: Float64Array, products: Float64Array): void {
  const last = products.length - 1;
  for (let row = 0; row <= last; row += 4) {
    // Past the end the last row again.
    const [rowB, rowC, rowD] = [Math.min(row + 1, last), Math.min(row + 2, last), Math.min(row + 3, last)];
    const [a, b, c, d] = [row * width, rowB * width, rowC * width, rowD * width];
    let [sumA, sumB, sumC, sumD] = [0, 0, 0, 0];
    for (let at = 0; at < width; at += 1) {
      const weight = weights[at] as number;
      sumA += weight * (values[a + at] as number);
      sumB += weight * (values[b + at] as number);
      sumC += weight * (values[c + at] as number);
      sumD += weight * (values[d + at] as number);
    }
    products[row] = sumA;
    products[rowB] = sumB;
    products[rowC] = sumC;
    products[rowD] = sumD;
  }
}

/**
 * Adds `X^T v`, summed in the order of the rows: four rows for each look at a sum.
 * @param factors v, [rows]
 * @param sums [width]
 */
export function addColumnProducts({ values, width }: Table, factors: Float64Array, sums: Float64Array): void {
  const whole = factors.length - (factors.length % 4);
  for (let row = 0; row < whole; row += 4) {
    const [ofA, ofB] = [factors[row] as number, factors[row + 1] as number];
    const [ofC, ofD] = [factors[row + 2] as number, factors[row + 3] as number];
    for (let at = 0, a = row * width; at < width; at += 1, a += 1) {
      const [b, c, d] = [a + width, a + 2 * width, a + 3 * width];
      const before = (sums[at] as number) + ofA * (values[a] as number) + ofB * (values[b] as number);
      sums[at] = before + ofC * (values[c] as number) + ofD * (values[d] as number);
    }
  }
  for (let row = whole; row < factors.length; row += 1) {
    const factor = factors[row] as number;
    for (let at = 0; at < width; at += 1) {
      sums[at] = (sums[at] as number) + factor * (values[row * width + at] as number);
    }
  }
}
