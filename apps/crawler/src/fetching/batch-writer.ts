interface Waiting<T> {
  readonly item: T;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

export interface BatchOptions {
  /** How long a batch that is not full waits for more. */
  readonly lingerMillis: number;
  /** Items that make it full. */
  readonly full: number;
}

/**
 * Writes items one batch at a time: what arrives while a batch is being written makes up the next one. A write is
 * acknowledged only when its batch is.
 */
export class BatchWriter<T> {
  readonly #writeBatch: (items: readonly T[]) => Promise<void>;
  readonly #options: BatchOptions | undefined;
  #waiting: Waiting<T>[] = [];
  #writing = false;
  #stopLingering: () => void = () => undefined;

  constructor(writeBatch: (items: readonly T[]) => Promise<void>, options?: BatchOptions) {
    this.#writeBatch = writeBatch;
    this.#options = options;
  }

  /** Resolves when the item is written; rejects with the error of its batch. */
  write(item: T): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject });
      if (this.#waiting.length === this.#options?.full) this.#stopLingering();
      if (!this.#writing) void this.#drain();
    });
  }

  #linger({ lingerMillis }: BatchOptions): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, lingerMillis);
      this.#stopLingering = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  async #drain(): Promise<void> {
    this.#writing = true;
    while (this.#waiting.length > 0) {
      if (this.#options !== undefined && this.#waiting.length < this.#options.full) await this.#linger(this.#options);
      const batch = this.#waiting;
      this.#waiting = [];
      try {
        await this.#writeBatch(batch.map(({ item }) => item));
        for (const { resolve } of batch) resolve();
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    this.#writing = false;
  }
}
