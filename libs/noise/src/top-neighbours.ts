/** A line of similarities within a larger array. */
export interface SimilarityLine {
  readonly values: Float64Array;
  readonly start: number;
  readonly stride: number;
}

/**
 * The k most similar candidates of every row, one heap a row. Of equally similar ones the lowest index stays, provided
 * that the candidates of a row are offered in ascending order.
 */
export class TopNeighbours {
  readonly k: number;
  /** [rows, k]; empty places hold -Infinity and index -1. */
  readonly similarities: Float64Array;
  readonly indices: Int32Array;

  constructor(rows: number, k: number) {
    this.k = k;
    this.similarities = new Float64Array(rows * k).fill(-Infinity);
    this.indices = new Int32Array(rows * k).fill(-1);
  }

  /**
   * Offers a row all candidates of a block but itself.
   * @param candidates ascending, ends at the first -1
   * @param line similarity of the row to each of them
   */
  offer(row: number, candidates: Int32Array, { values, start, stride }: SimilarityLine): void {
    const root = row * this.k;
    let least = this.similarities[root] as number;
    for (let at = 0; at < candidates.length; at += 1) {
      const candidate = candidates[at] as number;
      if (candidate < 0) return;
      const similarity = values[start + at * stride] as number;
      if (similarity <= least || candidate === row) continue;
      this.#replaceRoot(root, candidate, similarity);
      least = this.similarities[root] as number;
    }
  }

  /** Orders every row in place: most similar first, of equals the lower index. */
  sort(): void {
    const order = Array.from({ length: this.k }, (_, place) => place);
    for (let root = 0; root < this.indices.length; root += this.k) {
      const similarities = this.similarities.slice(root, root + this.k);
      const indices = this.indices.slice(root, root + this.k);
      order.sort(
        (a, b) =>
          (similarities[b] as number) - (similarities[a] as number) || (indices[a] as number) - (indices[b] as number),
      );
      order.forEach((from, place) => {
        this.similarities[root + place] = similarities[from] as number;
        this.indices[root + place] = indices[from] as number;
      });
    }
  }

  /** Sifts down from the root, where the least similar is, of equals the one with the highest index. */
  #replaceRoot(root: number, index: number, similarity: number): void {
    const { k, similarities, indices } = this;
    let place = 0;
    for (let child = 1; child < k; child = 2 * place + 1) {
      if (child + 1 < k && this.#isLess(root + child + 1, root + child)) child += 1;
      const below = similarities[root + child] as number;
      if (below > similarity || (below === similarity && (indices[root + child] as number) < index)) break;
      similarities[root + place] = below;
      indices[root + place] = indices[root + child] as number;
      place = child;
    }
    similarities[root + place] = similarity;
    indices[root + place] = index;
  }

  #isLess(a: number, b: number): boolean {
    const left = this.similarities[a] as number;
    const right = this.similarities[b] as number;
    return left < right || (left === right && (this.indices[a] as number) > (this.indices[b] as number));
  }
}
