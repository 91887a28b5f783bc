/** Keeps what is in memory at once to about a number of bytes: who would add more waits until some is gone. */
export class ByteBudget {
  readonly #limitBytes: number;
  #usedBytes = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
  }

  /** Resolves when less than the limit is in use. One over it is let in, as sizes are known only afterwards. */
  async room(): Promise<void> {
    while (this.#usedBytes >= this.#limitBytes) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  /** @returns what is to be called once when the bytes are gone */
  add(bytes: number): () => void {
    this.#usedBytes += bytes;
    return () => {
      this.#usedBytes -= bytes;
      if (this.#usedBytes < this.#limitBytes) for (const wake of this.#waiting.splice(0)) wake();
    };
  }
}
