import { createHash } from 'node:crypto';
import { isWinnowError, Semaphore, WinnowError } from '@winnow/contracts';
import { decodeToJpeg } from '@winnow/imaging';
import type { ImageLimits } from '@winnow/imaging';
import type { BlobStore } from '@winnow/store';

/** Images that are decoded at once, and how long one may take. */
const AT_ONCE = 2;
const DECODE_MILLIS = 5000;
/** Requests that wait for their turn. */
const MAX_WAITING = 200;
/** Of what was made, in memory. */
const MAX_CACHED_BYTES = 64 << 20;
/** Screens show no more of an image. */
const SHAPE = { maxSide: 2048, quality: 88 } as const;
/** Data sets hold small images, and long ones where a person imported them. */
const LIMITS: ImageLimits = { maxPixels: 50_000_000, minSide: 1, maxAspectRatio: 100_000 };

/** Images from the web, shown as JPEGs of our own: no byte of a file from there leaves, nor its metadata. */
export class OriginalPictures {
  readonly #originals: BlobStore;
  readonly #signal: AbortSignal;
  readonly #turns = new Semaphore(AT_ONCE);
  /** Made ones by digest of what they were made from, the one that was asked for last at the end. */
  readonly #made = new Map<string, Buffer>();
  readonly #making = new Map<string, Promise<Buffer>>();
  #madeBytes = 0;

  constructor(originals: BlobStore, signal: AbortSignal) {
    this.#originals = originals;
    this.#signal = signal;
  }

  /** The original of this digest. @throws WinnowError FILE_NOT_FOUND where it is gone or not what it was, and as `encode` */
  read(sha256: string): Promise<Buffer> {
    return this.#once(sha256, async () => {
      const read = await this.#originals.read(sha256);
      if (read.ok) return read.bytes;
      throw new WinnowError('FILE_NOT_FOUND', `It cannot be shown: ${read.detail}`, {
        where: sha256,
        next: 'Run `winnow verify PROJECT --repair`.',
      });
    });
  }

  /** Bytes that a data set took over as they were. @throws WinnowError IMAGE_UNREADABLE, RESOURCE_LIMIT, INTERRUPTED */
  encode(bytes: Buffer): Promise<Buffer> {
    return this.#once(createHash('sha256').update(bytes).digest('hex'), () => Promise.resolve(bytes));
  }

  async #once(name: string, load: () => Promise<Buffer>): Promise<Buffer> {
    const made = this.#made.get(name);
    if (made !== undefined) {
      this.#made.delete(name);
      this.#made.set(name, made);
      return made;
    }
    const making = this.#making.get(name) ?? this.#begin(name, load);
    return making;
  }

  #begin(name: string, load: () => Promise<Buffer>): Promise<Buffer> {
    if (this.#making.size >= MAX_WAITING) {
      throw new WinnowError('RESOURCE_LIMIT', 'Too many images are being decoded', { next: 'Ask again in a second.' });
    }
    const making = this.#turns
      .run(async () => this.#decode(await load()), 1, this.#signal)
      .then((bytes) => {
        this.#keep(name, bytes);
        return bytes;
      })
      .finally(() => this.#making.delete(name));
    this.#making.set(name, making);
    return making;
  }

  async #decode(file: Buffer): Promise<Buffer> {
    const late = AbortSignal.timeout(DECODE_MILLIS);
    try {
      const signal = AbortSignal.any([late, this.#signal]);
      const made = await decodeToJpeg(file, LIMITS, SHAPE, signal);
      if (!made.ok) throw unreadable(made.outcome);
      return Buffer.from(made.jpeg);
    } catch (error) {
      if (late.aborted && isWinnowError(error) && error.code === 'INTERRUPTED') throw unreadable('it takes too long');
      throw error;
    }
  }

  #keep(name: string, bytes: Buffer): void {
    this.#made.set(name, bytes);
    this.#madeBytes += bytes.length;
    for (const [oldest, { length }] of this.#made) {
      if (this.#madeBytes <= MAX_CACHED_BYTES) return;
      this.#made.delete(oldest);
      this.#madeBytes -= length;
    }
  }
}

function unreadable(why: string): WinnowError {
  return new WinnowError('IMAGE_UNREADABLE', `The image cannot be shown: ${why.replaceAll('_', ' ')}`);
}
