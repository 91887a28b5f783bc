import { Semaphore } from '@winnow/contracts';

export interface BodyMemoryOptions {
  /** Bytes that every body may take; more of one that still comes goes to a file. */
  readonly freeBytes: number;
  /** Whole bodies in memory at once that are longer. */
  readonly large: number;
  /** Bodies at once that are decompressed: both forms are in memory, and a brotli window of up to 16 MB. */
  readonly decoded: number;
}

export const DEFAULT_BODY_MEMORY: BodyMemoryOptions = { freeBytes: 2_000_000, large: 3, decoded: 2 };

/** Bounds what the bodies of all requests under way take up together: the few that are large wait for each other. */
export class BodyMemory {
  readonly freeBytes: number;
  readonly #large: Semaphore;
  readonly #decoded: Semaphore;

  constructor({ freeBytes, large, decoded }: BodyMemoryOptions = DEFAULT_BODY_MEMORY) {
    this.freeBytes = freeBytes;
    this.#large = new Semaphore(large);
    this.#decoded = new Semaphore(decoded);
  }

  /** For one body. */
  lease(): BodyLease {
    return new BodyLease(this.freeBytes, this.#large, this.#decoded);
  }
}

/** One body's right to memory. Slots are taken in one order, large before decoded, so that no two wait for each other. */
export class BodyLease {
  readonly freeBytes: number;
  readonly #large: Semaphore;
  readonly #decoded: Semaphore;
  readonly #releases: (() => void)[] = [];
  #isLarge = false;
  #isDecoded = false;
  #isReleased = false;

  constructor(freeBytes: number, large: Semaphore, decoded: Semaphore) {
    this.freeBytes = freeBytes;
    this.#large = large;
    this.#decoded = decoded;
  }

  /** Resolves when a large body may be taken into memory. */
  async large(): Promise<void> {
    if (this.#isLarge) return;
    this.#isLarge = true;
    await this.#take(this.#large);
  }

  /** Resolves when the body may be decompressed. */
  async decode(): Promise<void> {
    if (this.#isDecoded) return;
    this.#isDecoded = true;
    await this.#take(this.#decoded);
  }

  /** The body is gone. */
  release(): void {
    this.#isReleased = true;
    for (const release of this.#releases.splice(0)) release();
  }

  async #take(slots: Semaphore): Promise<void> {
    const release = await slots.acquire();
    // Given up while it waited.
    if (this.#isReleased) release();
    else this.#releases.push(release);
  }
}
