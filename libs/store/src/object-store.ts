/** An object of a store. */
export interface StoredObject {
  readonly key: string;
  readonly sizeBytes: number;
}

/**
 * Bytes under names that follow from them. There is no renaming, appending or locking, and no time of change, as not every
 * store has them: who may do what, and when, the database says.
 */
export interface ObjectStore {
  /** How often a whole object may be read again whose bytes are not what was asked for. */
  readonly rereads: number;
  /** Where an object is, for people. */
  placeOf(key: string): string;
  /**
   * Stores an object whole or not at all; it is durable when this returns. Done twice it is the same.
   * @returns `kept` where nothing had to be written
   * @throws WinnowError DISK_FULL, FILE_NOT_WRITABLE, STORE_UNREACHABLE
   */
  put(key: string, bytes: Uint8Array): Promise<'kept' | 'written'>;
  /**
   * A whole object, whose bytes are compared with nothing; null where there is none.
   * @throws WinnowError STORE_UNREACHABLE; Error of node:fs for a file that cannot be read
   */
  get(key: string): Promise<Buffer | null>;
  /** Bytes; null where there is none. @throws WinnowError STORE_UNREACHABLE */
  sizeOf(key: string): Promise<number | null>;
  /** Objects in the order of their keys; what is put or removed meanwhile may be missing or not. @throws as sizeOf */
  list(prefix: string): AsyncIterable<StoredObject>;
  /** Those that are not there count as removed. @throws WinnowError STORE_UNREACHABLE, FILE_NOT_WRITABLE */
  remove(keys: readonly string[]): Promise<void>;
  /** Removes what processes that were killed had begun to write. @returns number of files removed */
  sweep(nowMillis: number): Promise<number>;
}
