import type { Found } from '../clusters/greedy-star-clustering';
import { dotProduct } from './dot-product';
import { joinInThreads } from '../pairs/join-in-threads';
import { toNeighbourLists } from '../pairs/neighbour-lists';
import { listAt } from '../pairs/row-lists';
import { VectorIndex } from './vector-index';

export interface SimilarVectorOptions {
  /** Cosine from which vectors are similar, 0..1. */
  readonly similarity: number;
  /** Threads; 1: in this one. Default 1. */
  readonly workers?: number;
  /** Pairs over which they are not listed but searched for one vector after the other. Default 2^24. */
  readonly pairLimit?: number;
}

/**
 * Prepares look-ups of what is similar to each vector of a list: `found` is called with minus the cosine as distance.
 * Exact: finds what comparing all finds.
 * @param list vectors of length one, all of the same number of dimensions
 * @throws WinnowError USAGE for other vectors, INTERNAL where a thread ends early
 */
export async function similarVectors(
  list: readonly Float32Array[],
  { similarity, workers = 1, pairLimit = 2 ** 24 }: SimilarVectorOptions,
): Promise<(row: number, found: Found) => void> {
  const index = new VectorIndex(list);
  const { vectors, dimensions, sorted } = index;
  const chunks = await joinInThreads({ kind: 'vectors', vectors, ...sorted, similarity }, workers, pairLimit);
  if (chunks === null) {
    return (row, found) => {
      for (const hit of index.search(list[row] as Float32Array, similarity)) {
        if (hit.index !== row) found(hit.index, -hit.similarity, false);
      }
    };
  }
  const pairs = toNeighbourLists(list.length, chunks);
  return (row, found) => {
    for (const other of listAt(pairs, row)) {
      found(other, -dotProduct(vectors, row, { vectors, row: other }, dimensions), false);
    }
  };
}
