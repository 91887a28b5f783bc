import { WinnowError } from '@winnow/contracts';
import { dotProduct } from './dot-product';
import { HEAD_DIMENSIONS, reach, scanHeads } from './vector-prefix-scan';
import type { SortedHeads } from './vector-prefix-scan';
import { fitHeads } from './vector-prefix-fit';

/** A vector within reach of a search. */
export interface VectorHit {
  /** Place of the vector in the list that the index was built from. */
  readonly index: number;
  /** Cosine. */
  readonly similarity: number;
}

/**
 * Exact search for similar vectors of length one. A few coordinates bound the distance of each pair from below
 * (`fitHeads`); what they do not tell apart is compared whole.
 */
export class VectorIndex {
  readonly dimensions: number;
  /** [n, dimensions] */
  readonly vectors: Float32Array;
  readonly sorted: SortedHeads;
  readonly #headsOf: (vectors: Float32Array) => Float32Array;

  /**
   * @param list vectors of length one, all of the same number of dimensions
   * @throws WinnowError USAGE for other vectors
   */
  constructor(list: readonly Float32Array[]) {
    this.dimensions = list[0]?.length ?? 1;
    this.vectors = packUnitVectors(list, this.dimensions);
    this.#headsOf = fitHeads(this.vectors, this.dimensions);
    this.sorted = sortByFirst(this.#headsOf(this.vectors));
  }

  /**
   * Every vector whose cosine with this one is at least `similarity`, in list order.
   * @throws WinnowError USAGE as the constructor
   */
  search(vector: Float32Array, similarity: number): VectorHit[] {
    const query = packUnitVectors([vector], this.dimensions);
    const head = this.#headsOf(query);
    const hits: VectorHit[] = [];
    scanHeads(this.sorted, { head, start: this.#firstWithin(head[0] as number, similarity), similarity }, (index) => {
      const cosine = dotProduct(query, 0, { vectors: this.vectors, row: index }, this.dimensions);
      if (cosine >= similarity) hits.push({ index, similarity: cosine });
    });
    return hits.sort((a, b) => a.index - b.index);
  }

  /** The first place whose head is within reach by its first coordinate: bisection. */
  #firstWithin(first: number, similarity: number): number {
    const { heads, rows } = this.sorted;
    const least = first - Math.sqrt(reach(similarity));
    let [low, high] = [0, rows.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((heads[middle * HEAD_DIMENSIONS] as number) < least) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** How far from one a squared length may be. */
const LENGTH_TOLERANCE = 1e-4;

function packUnitVectors(list: readonly Float32Array[], dimensions: number): Float32Array {
  const vectors = new Float32Array(list.length * dimensions);
  list.forEach((vector, row) => {
    if (vector.length !== dimensions) {
      throw new WinnowError('USAGE', `an embedding has ${vector.length} values, another ${dimensions}`, {
        next: 'Compute all embeddings with one network.',
      });
    }
    vectors.set(vector, row * dimensions);
    const square = dotProduct(vectors, row, { vectors, row }, dimensions);
    if (!(Math.abs(square - 1) < LENGTH_TOLERANCE)) {
      throw new WinnowError('USAGE', `an embedding has the squared length ${square}, not 1`, {
        next: 'Divide embeddings by their lengths.',
      });
    }
  });
  return vectors;
}

function sortByFirst(heads: Float32Array): SortedHeads {
  const rows = Uint32Array.from({ length: heads.length / HEAD_DIMENSIONS }, (_, row) => row);
  const first = (row: number): number => heads[row * HEAD_DIMENSIONS] as number;
  rows.sort((a, b) => first(a) - first(b) || a - b);
  const sorted = new Float32Array(heads.length);
  rows.forEach((row, place) => {
    const from = row * HEAD_DIMENSIONS;
    sorted.set(heads.subarray(from, from + HEAD_DIMENSIONS), place * HEAD_DIMENSIONS);
  });
  return { heads: sorted, rows };
}
