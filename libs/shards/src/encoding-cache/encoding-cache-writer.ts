import { randomUUID } from 'node:crypto';
import { appendFile, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { systemErrorCode } from '@winnow/files';
import type { SquareOptions } from '@winnow/imaging';
import { paddedBytes } from '../tar/tar-block';
import { encodeTarHeader } from '../tar/tar-header';
import { cachedName, encodingCacheFolder } from './encoding-cache';
import type { CachedImage } from './encoding-cache';
import { ownEncodingIdentity } from './encoding-identity';

/** An encoded image, by its original. */
export interface EncodedOriginal {
  readonly sha256: string;
  readonly bytes: Uint8Array;
}

/**
 * Keeps encoded images for the next build, in a tar of this process that has no end mark. Nothing relies on them: they are not forced to
 * the disk, and after one that cannot be written none is.
 */
export class EncodingCacheWriter {
  readonly #file: string;
  readonly #extension: CachedImage['extension'];
  #isBroken = false;

  constructor(stateDir: string, settings: SquareOptions) {
    const folder = encodingCacheFolder(stateDir, ownEncodingIdentity(settings));
    this.#file = path.join(folder, `${randomUUID()}.tar`);
    this.#extension = settings.format === 'png' ? 'png' : 'jpg';
  }

  /** Whether images are encoded in vain. */
  get isBroken(): boolean {
    return this.#isBroken;
  }

  /** One call at a time. */
  async write(images: readonly EncodedOriginal[]): Promise<void> {
    if (this.#isBroken || images.length === 0) return;
    const batch = Buffer.concat(images.flatMap((image) => this.#membersOf(image)));
    try {
      await this.#append(batch).catch((error: unknown) => {
        // A build or `winnow forget` removed the folder in between.
        if (systemErrorCode(error) === 'ENOENT') return this.#append(batch);
        throw error;
      });
    } catch {
      // What follows half a member would be read as part of it.
      this.#isBroken = true;
    }
  }

  /** By its path each time: where the file was removed, the next begins at a header. */
  async #append(batch: Buffer): Promise<void> {
    await mkdir(path.dirname(this.#file), { recursive: true });
    await appendFile(this.#file, batch);
  }

  #membersOf({ sha256, bytes }: EncodedOriginal): readonly Uint8Array[] {
    const header = encodeTarHeader(cachedName(sha256, { bytes, extension: this.#extension }), bytes.length);
    return [header, bytes, Buffer.alloc(paddedBytes(bytes.length) - bytes.length)];
  }
}
