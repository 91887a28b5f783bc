import { closeSync, openSync, readSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';

/** What a thread is started with. */
export interface ReadingStart {
  /** Paths, by number. */
  readonly files: readonly string[];
}

/** Pictures to read. */
export interface ReadingOrder {
  /** [file number, offset, length] of each in a row. */
  readonly places: Float64Array<ArrayBuffer>;
  /** Memory to use again, if there is any. */
  readonly memory: ArrayBuffer | null;
}

/** All pictures of an order one after another, with room behind them, or why one could not be read. */
export type ReadingAnswer =
  | { readonly pictures: Uint8Array<ArrayBuffer> }
  | {
      /** In the order. */
      readonly failedAt: number;
      /** Of the system call; null where the file ended before the picture did. */
      readonly code: string | null;
    };

const ROOM_BYTES = 1 << 19;
/** With more files than this open, the oldest is closed. */
const MOST_OPEN_FILES = 256;

/** Reads by blocking calls: a tenth of the cost of asking Node's thread pool for each picture. */
class PictureFiles {
  readonly #paths: readonly string[];
  readonly #open = new Map<number, number>();

  constructor(paths: readonly string[]) {
    this.#paths = paths;
  }

  read({ places, memory }: ReadingOrder): ReadingAnswer {
    let totalBytes = 0;
    for (let at = 2; at < places.length; at += 3) totalBytes += places[at] as number;
    const pictures = memory !== null && memory.byteLength >= totalBytes ? new Uint8Array(memory) : allocate(totalBytes);
    let filled = 0;
    for (let at = 0; at < places.length; at += 3) {
      const [file, offset, length] = [places[at], places[at + 1], places[at + 2]] as [number, number, number];
      try {
        const isWhole = this.#fill(file, offset, pictures.subarray(filled, filled + length));
        if (!isWhole) return { failedAt: at / 3, code: null };
      } catch (error) {
        return { failedAt: at / 3, code: (error as NodeJS.ErrnoException).code ?? 'EIO' };
      }
      filled += length;
    }
    return { pictures };
  }

  /** @returns whether the file had all of it */
  #fill(file: number, offset: number, target: Uint8Array): boolean {
    const descriptor = this.#descriptor(file);
    for (let done = 0; done < target.length;) {
      const bytesRead = readSync(descriptor, target, done, target.length - done, offset + done);
      if (bytesRead === 0) return false;
      done += bytesRead;
    }
    return true;
  }

  #descriptor(file: number): number {
    const known = this.#open.get(file);
    if (known !== undefined) return known;
    const [oldest] = this.#open;
    if (oldest !== undefined && this.#open.size >= MOST_OPEN_FILES) {
      closeSync(oldest[1]);
      this.#open.delete(oldest[0]);
    }
    const descriptor = openSync(this.#paths[file] as string, 'r');
    this.#open.set(file, descriptor);
    return descriptor;
  }

  close(): void {
    for (const descriptor of this.#open.values()) closeSync(descriptor);
    this.#open.clear();
  }
}

/** Memory of its own, so that it can be handed over, not filled with zeros first, and often enough for the next order. */
function allocate(bytes: number): Uint8Array<ArrayBuffer> {
  return Buffer.allocUnsafeSlow(Math.ceil((bytes + ROOM_BYTES) / ROOM_BYTES) * ROOM_BYTES);
}

const files = new PictureFiles((workerData as ReadingStart).files);
parentPort?.on('message', (order: ReadingOrder | null) => {
  if (order === null) {
    // A descriptor is the process's, not the thread's.
    files.close();
    parentPort?.close();
    return;
  }
  const answer = files.read(order);
  parentPort?.postMessage(answer, 'pictures' in answer ? [answer.pictures.buffer] : []);
});
