/** Pairs of one chunk. */
const CHUNK_PAIRS = 65_536;

/** Collects pairs of rows; knows when all threads together have found too many. */
export class PairSink {
  readonly #chunks: Uint32Array<ArrayBuffer>[] = [];
  readonly #total: Int32Array;
  readonly #limit: number;
  #chunk = new Uint32Array(2 * CHUNK_PAIRS);
  #length = 0;

  /**
   * @param total [1], shared by all sinks: full chunks. Chunks and not pairs, so that no number of pairs wraps it.
   * @param limit pairs over which nobody wants them any more
   */
  constructor(total: Int32Array, limit: number) {
    this.#total = total;
    this.#limit = limit;
  }

  get isOverLimit(): boolean {
    return Atomics.load(this.#total, 0) * CHUNK_PAIRS > this.#limit;
  }

  push(a: number, b: number): void {
    if (this.#length === this.#chunk.length) this.#startChunk();
    this.#chunk[this.#length] = a;
    this.#chunk[this.#length + 1] = b;
    this.#length += 2;
  }

  /** Interleaved pairs, in the order of pushing. */
  chunks(): readonly Uint32Array<ArrayBuffer>[] {
    return [...this.#chunks, this.#chunk.slice(0, this.#length)];
  }

  #startChunk(): void {
    this.#length = 0;
    // Over the limit nobody wants the pairs, and the count stays where it is.
    if (this.isOverLimit) return;
    this.#chunks.push(this.#chunk);
    Atomics.add(this.#total, 0, 1);
    this.#chunk = new Uint32Array(2 * CHUNK_PAIRS);
  }
}
