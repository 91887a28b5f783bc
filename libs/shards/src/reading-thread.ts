import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
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
      /** Of the failure; null where the file ended before the picture did. */
      readonly code: string | null;
    };

const ROOM_BYTES = 1 << 19;
/** No call reads more. */
const READ_BYTES = 1 << 30;
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
    const isEnough = memory !== null && memory.byteLength >= totalBytes;
    const pictures = isEnough ? new Uint8Array(memory) : allocate(totalBytes);
    if (pictures === null) return this.#tooLarge(places);
    let filled = 0;
    for (let at = 0; at < places.length; at += 3) {
      const [file, offset, length] = [places[at], places[at + 1], places[at + 2]] as [number, number, number];
      try {
        const isWhole = this.#fill(file, offset, pictures.subarray(filled, filled + length));
        if (!isWhole) return { failedAt: at / 3, code: null };
      } catch (error) {
        return { failedAt: at / 3, code: codeOf(error) };
      }
      filled += length;
    }
    return { pictures };
  }

  /** For want of memory; most likely as a picture is said to be longer than its file. */
  #tooLarge(places: ReadingOrder['places']): ReadingAnswer {
    let longest = 0;
    for (let at = 0; at < places.length; at += 3) {
      if ((places[at + 2] as number) > (places[longest + 2] as number)) longest = at;
    }
    const failedAt = longest / 3;
    const [file, offset, length] = places.subarray(longest) as unknown as [number, number, number];
    try {
      const isCut = fstatSync(this.#descriptor(file)).size < offset + length;
      return { failedAt, code: isCut ? null : 'ENOMEM' };
    } catch (error) {
      return { failedAt, code: codeOf(error) };
    }
  }

  /** @returns whether the file had all of it */
  #fill(file: number, offset: number, target: Uint8Array): boolean {
    const descriptor = this.#descriptor(file);
    for (let done = 0; done < target.length;) {
      const wanted = Math.min(target.length - done, READ_BYTES);
      const bytesRead = readSync(descriptor, target, done, wanted, offset + done);
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

/** Memory of its own, so that it can be handed over, not filled with zeros first, and often enough for the next order; null: too much. */
function allocate(bytes: number): Uint8Array<ArrayBuffer> | null {
  try {
    return Buffer.allocUnsafeSlow(Math.ceil((bytes + ROOM_BYTES) / ROOM_BYTES) * ROOM_BYTES);
  } catch {
    return null;
  }
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? 'EIO';
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
