import { createHash } from 'node:crypto';
import { isWinnowError, WinnowError } from '@winnow/contracts';
import { systemErrorCode } from '@winnow/files';
import type { ObjectStore, StoredObject } from './object-store';

/** The bytes of an original, or why they are not to be used: a value, as other originals are still to be had. */
export type BlobRead =
  | { readonly ok: true; readonly bytes: Buffer }
  | {
      readonly ok: false;
      readonly problem: 'missing' | 'changed' | 'unreadable';
      /** Where it should be. */
      readonly place: string;
      /** One line without a stop, such as `the original was changed since it was stored`. */
      readonly detail: string;
    };

/** A blob by its digest, hex. */
interface StoredBlob extends StoredObject {
  readonly sha256: string;
}

const DETAILS = {
  missing: 'the original is missing',
  changed: 'the original was changed since it was stored',
  unreadable: 'the original cannot be read',
} as const;

const REPAIR_ADVICE = 'Run `winnow verify PROJECT --repair`; what that cannot bring back, import or crawl again.';
const DIGEST = /^[\da-f]{64}$/;

type Absolve = (key: string, storeAgain: () => Promise<unknown>) => Promise<void>;

/** Content-addressed objects: `<prefix>ab/<sha256>`. One is there complete or not at all. */
export class BlobStore {
  readonly #objects: ObjectStore;
  readonly #prefix: string;
  readonly #absolve: Absolve | undefined;

  /**
   * @param prefix of all keys, empty or with a slash at its end
   * @param absolve told of each key at which bytes were stored; stores them again if they may have been removed meanwhile
   */
  constructor(objects: ObjectStore, prefix = '', absolve?: Absolve) {
    this.#objects = objects;
    this.#prefix = prefix;
    this.#absolve = absolve;
  }

  /** Where the blob of this digest (hex) is, for people. */
  placeOf(sha256: string): string {
    return this.#objects.placeOf(this.keyOf(sha256));
  }

  keyOf(sha256: string): string {
    return `${this.#prefix}${sha256.slice(0, 2)}/${sha256}`;
  }

  /** Whether the blob is there and holds what its digest says; reads all of it. @throws as read */
  async holds(sha256: string): Promise<boolean> {
    return (await this.read(sha256)).ok;
  }

  /** Bytes of what is there under this digest, unread; null for nothing. @throws as read */
  sizeOf(sha256: string): Promise<number | null> {
    return this.#objects.sizeOf(this.keyOf(sha256));
  }

  /**
   * Stores bytes under their digest and makes them durable.
   * @returns `kept` where nothing had to be written
   * @throws WinnowError DISK_FULL, FILE_NOT_WRITABLE, STORE_UNREACHABLE
   */
  async put(sha256: string, bytes: Uint8Array): Promise<'kept' | 'written'> {
    const key = this.keyOf(sha256);
    const made = await this.#objects.put(key, bytes);
    await this.#absolve?.(key, () => this.#objects.put(key, bytes));
    return made;
  }

  /**
   * Reads a whole blob and compares it with the digest that names it. Never rejects for a bad file.
   * @throws WinnowError STORE_UNREACHABLE
   */
  async read(sha256: string): Promise<BlobRead> {
    const failed = (problem: keyof typeof DETAILS): BlobRead => {
      return { ok: false, problem, place: this.placeOf(sha256), detail: DETAILS[problem] };
    };
    try {
      for (let reads = 0; reads <= this.#objects.rereads; reads += 1) {
        const bytes = await this.#objects.get(this.keyOf(sha256));
        if (bytes === null) return failed('missing');
        if (createHash('sha256').update(bytes).digest('hex') === sha256) return { ok: true, bytes };
      }
      return failed('changed');
    } catch (error) {
      if (isWinnowError(error)) throw error;
      return failed(systemErrorCode(error) === 'ENOENT' ? 'missing' : 'unreadable');
    }
  }

  /**
   * The bytes of an original that is needed.
   * @throws WinnowError DATA_CORRUPT where it is gone or was changed, STORE_UNREACHABLE
   */
  async require(sha256: string): Promise<Buffer> {
    const read = await this.read(sha256);
    if (read.ok) return read.bytes;
    throw new WinnowError('DATA_CORRUPT', `An original cannot be used: ${read.detail}`, {
      where: read.place,
      next: REPAIR_ADVICE,
    });
  }

  /** Removes blobs, those that are there. @throws WinnowError STORE_UNREACHABLE, FILE_NOT_WRITABLE */
  async remove(digests: readonly string[]): Promise<void> {
    if (digests.length > 0) await this.#objects.remove(digests.map((sha256) => this.keyOf(sha256)));
  }

  /** All blobs in the order of their digests; objects of other names are passed over. @throws WinnowError STORE_UNREACHABLE */
  async *list(): AsyncIterable<StoredBlob> {
    for await (const object of this.#objects.list(this.#prefix)) {
      const sha256 = object.key.slice(object.key.lastIndexOf('/') + 1);
      if (DIGEST.test(sha256) && object.key === this.keyOf(sha256)) yield { ...object, sha256 };
    }
  }

  /** The same, some at a time: the last ones are fewer, or none. @throws as list */
  async *listInBatches(size: number): AsyncIterable<readonly StoredBlob[]> {
    let batch: StoredBlob[] = [];
    for await (const blob of this.list()) {
      batch.push(blob);
      if (batch.length < size) continue;
      yield batch;
      batch = [];
    }
    yield batch;
  }

  /** Removes what processes that were killed had begun to write. @returns number of files removed */
  sweep(nowMillis: number): Promise<number> {
    return this.#objects.sweep(nowMillis);
  }
}
