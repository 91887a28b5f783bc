/** Rows of a matrix widened to double precision, so that a block of products needs no conversions. */
export interface RowBlock {
  /** [size, dim], row-major; rows past the end are zeros. */
  readonly values: Float64Array;
  /** Place of each row in the list that it was taken from, [size]; -1 past the end. */
  readonly rows: Int32Array;
}

/** Rows of one side of a block; even, for the steps of two below. */
export const BLOCK_ROWS = 64;

export function emptyBlock(dim: number): RowBlock {
  return { values: new Float64Array(BLOCK_ROWS * dim), rows: new Int32Array(BLOCK_ROWS) };
}

/** Fills a block with the listed rows from place `start` on. */
export function fillBlock(
  block: RowBlock,
  { values, dim }: { readonly values: Float32Array; readonly dim: number },
  list: Int32Array,
  start: number,
): void {
  for (let at = 0; at < BLOCK_ROWS; at += 1) {
    const row = start + at < list.length ? (list[start + at] as number) : -1;
    block.rows[at] = row;
    for (let d = 0; d < dim; d += 1) {
      block.values[at * dim + d] = row < 0 ? 0 : (values[row * dim + d] as number);
    }
  }
}

/**
 * Products of every row of one block with every row of another, [BLOCK_ROWS, BLOCK_ROWS] into `products`. Eight at a
 * time, so that each value that is read serves several; each sum runs over dimensions in order.
 */
export function similarityBlock(left: Float64Array, right: Float64Array, dim: number, products: Float64Array): void {
  for (let i = 0; i < BLOCK_ROWS; i += 4) {
    const l0 = i * dim;
    const l1 = l0 + dim;
    const l2 = l1 + dim;
    const l3 = l2 + dim;
    for (let j = 0; j < BLOCK_ROWS; j += 2) {
      const r0 = j * dim;
      const r1 = r0 + dim;
      let a0 = 0;
      let a1 = 0;
      let b0 = 0;
      let b1 = 0;
      let c0 = 0;
      let c1 = 0;
      let d0 = 0;
      let d1 = 0;
      for (let d = 0; d < dim; d += 1) {
        const u = right[r0 + d] as number;
        const v = right[r1 + d] as number;
        const a = left[l0 + d] as number;
        const b = left[l1 + d] as number;
        const c = left[l2 + d] as number;
        const e = left[l3 + d] as number;
        a0 += a * u;
        a1 += a * v;
        b0 += b * u;
        b1 += b * v;
        c0 += c * u;
        c1 += c * v;
        d0 += e * u;
        d1 += e * v;
      }
      const to = i * BLOCK_ROWS + j;
      products[to] = a0;
      products[to + 1] = a1;
      products[to + BLOCK_ROWS] = b0;
      products[to + BLOCK_ROWS + 1] = b1;
      products[to + 2 * BLOCK_ROWS] = c0;
      products[to + 2 * BLOCK_ROWS + 1] = c1;
      products[to + 3 * BLOCK_ROWS] = d0;
      products[to + 3 * BLOCK_ROWS + 1] = d1;
    }
  }
}
