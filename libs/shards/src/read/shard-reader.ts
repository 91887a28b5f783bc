import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { ImageLocation } from '@winnow/contracts';
import { closedFailure, readFailure, REBUILD_SHARD } from '../io-failure';
import { readMember } from './read-member';

/** Random access to the images of a build; keeps shards open until `close`. */
export class ShardReader {
  readonly #dir: string;
  readonly #files = new Map<string, Promise<FileHandle>>();
  #isClosed = false;

  /** @param dir folder of the build */
  constructor(dir: string) {
    this.#dir = dir;
  }

  /** The encoded image. @throws WinnowError DATA_CORRUPT, FILE_NOT_FOUND */
  async read({ shard, offset, length }: ImageLocation): Promise<Buffer> {
    return readMember(await this.#open(shard), offset, length, join(this.#dir, shard));
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const files = await Promise.allSettled(this.#files.values());
    this.#files.clear();
    await Promise.all(files.map((file) => (file.status === 'fulfilled' ? file.value.close() : undefined)));
  }

  #open(shard: string): Promise<FileHandle> {
    const known = this.#files.get(shard);
    if (known !== undefined) return known;
    const path = join(this.#dir, shard);
    if (this.#isClosed) throw closedFailure(path);
    const file = open(path, 'r').catch((error: unknown) => {
      throw readFailure(error, path, REBUILD_SHARD);
    });
    this.#files.set(shard, file);
    return file;
  }
}
