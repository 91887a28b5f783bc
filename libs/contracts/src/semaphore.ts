import { requireUninterrupted } from './command';
import { WinnowError } from './winnow-error';

const STOPPED = 'Stopped';

interface Waiting {
  readonly weight: number;
  enter(): void;
}

/**
 * Shares a limit, a number of tasks or of bytes, in the order in which they came: nobody is overtaken. A task heavier
 * than the whole limit runs alone.
 */
export class Semaphore {
  readonly #limit: number;
  #used = 0;
  readonly #waiting: Waiting[] = [];

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** @throws WinnowError INTERRUPTED where the signal is aborted before the task starts */
  async run<T>(task: () => Promise<T>, weight = 1, signal?: AbortSignal): Promise<T> {
    const release = await this.acquire(weight, signal);
    try {
      return await task();
    } finally {
      release();
    }
  }

  /**
   * Resolves when there is room, with what must be called once to make room again.
   * @throws WinnowError INTERRUPTED where the signal is aborted before
   */
  async acquire(weight = 1, signal?: AbortSignal): Promise<() => void> {
    requireUninterrupted(signal, STOPPED);
    if (this.#waiting.length > 0 || !this.#hasRoom(weight)) await this.#turn(weight, signal);
    else this.#used += weight;
    return () => this.#release(weight);
  }

  /** Counts what is there whether there is room or not. @returns what must be called once when it is gone */
  take(weight: number): () => void {
    this.#used += weight;
    return () => this.#release(weight);
  }

  #turn(weight: number, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const giveUp = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
        reject(new WinnowError('INTERRUPTED', STOPPED, { next: 'Run the same command again.' }));
        this.#admit();
      };
      const waiting: Waiting = {
        weight,
        enter() {
          signal?.removeEventListener('abort', giveUp);
          resolve();
        },
      };
      signal?.addEventListener('abort', giveUp, { once: true });
      this.#waiting.push(waiting);
    });
  }

  #release(weight: number): void {
    this.#used -= weight;
    this.#admit();
  }

  #admit(): void {
    for (let [next] = this.#waiting; next !== undefined && this.#hasRoom(next.weight); [next] = this.#waiting) {
      this.#waiting.shift();
      this.#used += next.weight;
      next.enter();
    }
  }

  #hasRoom(weight: number): boolean {
    return this.#used === 0 || this.#used + weight <= this.#limit;
  }
}
