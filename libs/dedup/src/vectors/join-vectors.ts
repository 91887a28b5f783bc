import { dotProduct } from './dot-product';
import type { PairSink } from '../pairs/pair-sink';
import { HEAD_DIMENSIONS, scanHeads } from './vector-prefix-scan';
import type { SortedHeads } from './vector-prefix-scan';

/** Asks for all pairs of rows whose vectors of length one are similar; plain data on shared memory. */
export interface VectorJoin extends SortedHeads {
  readonly kind: 'vectors';
  /** [n, dimensions] */
  readonly vectors: Float32Array;
  /** Cosine from which a pair counts. */
  readonly similarity: number;
}

/** Parts into which the work is cut. */
export const VECTOR_JOIN_PARTS = 64;

/** Finds the pairs of heads `part`, `part` + 64, ... with all later heads. */
export function joinVectors(join: VectorJoin, part: number, sink: PairSink): void {
  const { vectors, heads, rows, similarity } = join;
  const dimensions = vectors.length / rows.length;
  for (let index = part; index < rows.length && !sink.isOverLimit; index += VECTOR_JOIN_PARTS) {
    const row = rows[index] as number;
    const head = heads.slice(index * HEAD_DIMENSIONS, (index + 1) * HEAD_DIMENSIONS);
    scanHeads(join, { head, start: index + 1, similarity }, (other) => {
      if (dotProduct(vectors, row, { vectors, row: other }, dimensions) >= similarity) sink.push(row, other);
    });
  }
}
