import { SeededRandom } from '@winnow/random';
import type { SplitFeatures } from './split';
import { TopNeighbours } from './top-neighbours';

export interface NeighbourOptions {
  /** Rows among which neighbours are looked for, ascending. */
  readonly references: Int32Array;
  /** Neighbours of each row; lowered to one less than there are references. */
  readonly k: number;
  /** First row whose neighbours are wanted (0); those before it have none, -1. */
  readonly from?: number;
}

/** Neighbours of every row, most similar first, of equals the lower row: [count, k], row-major. */
export interface Neighbours {
  readonly k: number;
  /** Rows of the pool. */
  readonly indices: Int32Array;
  /** Cosine; 0 with a row of zeros. */
  readonly similarities: Float64Array;
}

/** Products of one dimension that a search may cost: about half a minute on one core. */
const MAX_PRODUCTS = 6e10;
/** However large the pool, so many references are kept. */
const MIN_REFERENCES = 4096;

/**
 * The k nearest rows by cosine among the references, for every row, itself excluded. Exact, by products of blocks: time
 * grows with count * references * dim (26,666 rows of 64 among themselves: some 15 s on one core).
 */
export function nearestNeighbours(features: SplitFeatures, { references, k, from = 0 }: NeighbourOptions): Neighbours {
  const count = features.values.length / features.dim;
  const top = new TopNeighbours(count, Math.max(0, Math.min(k, references.length - 1)));
  if (top.k > 0) searchBlocks({ values: unitRows(features), dim: features.dim }, { references, from }, top);
  top.sort();
  return { k: top.k, indices: top.indices, similarities: top.similarities };
}

/**
 * Thins a list of rows, so that a search for the neighbours of the whole pool stays within some 6e10 products (about
 * half a minute on one core): a seeded draw without replacement, never below 4,096 rows. A pool of 26,666 rows of 64
 * keeps all.
 */
export function thinReferences(rows: Int32Array, { values, dim }: SplitFeatures, seed: number | string): Int32Array {
  const most = Math.max(MIN_REFERENCES, Math.floor(MAX_PRODUCTS / values.length));
  if (rows.length <= most) return rows;
  const drawn = new SeededRandom(seed).fork('references', dim).permutation(rows.length).subarray(0, most);
  return drawn.map((index) => rows[index] as number).sort();
}

/** Rows divided by their Euclidean length; a row of zeros stays. */
function unitRows({ values, dim }: SplitFeatures): Float32Array {
  const unit = new Float32Array(values.length);
  for (let from = 0; from < values.length; from += dim) {
    let square = 0;
    for (let d = 0; d < dim; d += 1) square += (values[from + d] as number) ** 2;
    const length = Math.sqrt(square);
    for (let d = 0; d < dim; d += 1) unit[from + d] = length > 0 ? (values[from + d] as number) / length : 0;
  }
  return unit;
}

/** Where every row is a reference, each pair is computed once and offered to both. */
function searchBlocks(
  unit: SplitFeatures,
  { references, from: first }: { readonly references: Int32Array; readonly from: number },
  top: TopNeighbours,
): void {
  const all = Int32Array.from({ length: unit.values.length / unit.dim }, (_, row) => row);
  const isMutual = references.length === all.length && first === 0;
  const [queries, others] = [emptyBlock(unit.dim), emptyBlock(unit.dim)];
  const products = new Float64Array(BLOCK_ROWS * BLOCK_ROWS);
  for (let start = first; start < all.length; start += BLOCK_ROWS) {
    fillBlock(queries, unit, all, start);
    for (let from = isMutual ? start : 0; from < references.length; from += BLOCK_ROWS) {
      fillBlock(others, unit, references, from);
      similarityBlock(queries.values, others.values, unit.dim, products);
      offerProducts(products, queries.rows, others.rows, top);
      if (isMutual && from > start) offerFlipped(products, queries.rows, others.rows, top);
    }
  }
}

function offerProducts(values: Float64Array, queries: Int32Array, others: Int32Array, top: TopNeighbours): void {
  for (let i = 0; i < BLOCK_ROWS && (queries[i] as number) >= 0; i += 1) {
    top.offer(queries[i] as number, others, { values, start: i * BLOCK_ROWS, stride: 1 });
  }
}

function offerFlipped(values: Float64Array, queries: Int32Array, others: Int32Array, top: TopNeighbours): void {
  for (let j = 0; j < BLOCK_ROWS && (others[j] as number) >= 0; j += 1) {
    top.offer(others[j] as number, queries, { values, start: j, stride: BLOCK_ROWS });
  }
}

/**
 * How many neighbours to ask: half a class of average size, at least one and no more than `most`, so that in a small
 * pool a vote is not decided by other classes.
 */
export function neighbourCount(references: number, classCount: number, most: number): number {
  return Math.max(1, Math.min(most, Math.floor(references / (2 * classCount))));
}

/** Rows of a matrix widened to double precision, so that a block of products needs no conversions. */
interface RowBlock {
  /** [size, dim], row-major; rows past the end are zeros. */
  readonly values: Float64Array;
  /** Place of each row in the list that it was taken from, [size]; -1 past the end. */
  readonly rows: Int32Array;
}

/** Rows of one side of a block; even, for the steps of two below. */
const BLOCK_ROWS = 64;

function emptyBlock(dim: number): RowBlock {
  return { values: new Float64Array(BLOCK_ROWS * dim), rows: new Int32Array(BLOCK_ROWS) };
}

/** Fills a block with the listed rows from place `start` on. */
function fillBlock(
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
function similarityBlock(left: Float64Array, right: Float64Array, dim: number, products: Float64Array): void {
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
