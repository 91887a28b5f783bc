import { randomUUID } from 'node:crypto';
import { appendFile, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { WRITE_BATCH_BYTES } from '@winnow/files';
import type { SquareOptions } from '@winnow/imaging';
import { BLOCK_BYTES, paddedBytes } from '../tar/tar-block';
import { encodeTarHeader } from '../tar/tar-header';
import { cachedName, encodingCacheFolder } from './encoding-cache';
import type { CachedImage } from './encoding-cache';
import { ownEncodingIdentity } from './encoding-identity';

/**
 * Keeps encoded images for the next build, in a tar of this process that has no end mark. Nothing relies on them: they are not forced to
 * the disk, and one that cannot be written is left out.
 */
export class EncodingCacheWriter {
  readonly #file: string;
  readonly #extension: CachedImage['extension'];
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  #writing: Promise<void> = Promise.resolve();
  #isBroken = false;

  constructor(stateDir: string, settings: SquareOptions) {
    const folder = encodingCacheFolder(stateDir, ownEncodingIdentity(settings));
    this.#file = path.join(folder, `${randomUUID()}.tar`);
    this.#extension = settings.format === 'png' ? 'png' : 'jpg';
  }

  /** Waits while much is being written. @param sha256 of the original */
  async add(sha256: string, bytes: Uint8Array): Promise<void> {
    const name = cachedName(sha256, { bytes, extension: this.#extension });
    const padding = paddedBytes(bytes.length) - bytes.length;
    this.#waiting.push(encodeTarHeader(name, bytes.length), bytes, Buffer.alloc(padding));
    this.#waitingBytes += BLOCK_BYTES + bytes.length + padding;
    if (this.#waitingBytes >= WRITE_BATCH_BYTES) await this.flush();
  }

  /** Writes what waits. */
  flush(): Promise<void> {
    const batch = Buffer.concat(this.#waiting);
    this.#waiting = [];
    this.#waitingBytes = 0;
    if (batch.length > 0) this.#writing = this.#writing.then(() => this.#append(batch));
    return this.#writing;
  }

  /** By its path each time: a build may have removed the file, and the next begins at a header. */
  async #append(batch: Buffer): Promise<void> {
    if (this.#isBroken) return;
    try {
      await mkdir(path.dirname(this.#file), { recursive: true });
      await appendFile(this.#file, batch);
    } catch {
      // What follows half a member would be read as part of it.
      this.#isBroken = true;
    }
  }
}
