import { DECODE_LIMITS, decodeReduced, readDescriptor, thumbnailDifference } from '@winnow/imaging';
import type { ImageDescriptor } from '@winnow/imaging';
import type { BlobStore } from '@winnow/store';
import { unreadableAfterAll } from '../build/decode-originals';

/** Descriptors that were stored when originals were decoded first, by digest; not every original has one. */
export type StoredDescriptors = (digests: readonly string[]) => Promise<ReadonlyMap<string, Uint8Array>>;

/** Descriptors that are looked up at once: 5 MB. */
const LOOKED_UP = 1000;
/** Decoded at once, a thread each. */
const AT_ONCE = 8;
/** Pixels, as that of the test images' thumbnails. */
const SIDE = 16;

/** Reads stored descriptors, some at a time, in the order of the digests; null where there is none. */
export async function* readDescriptors(
  digests: readonly string[],
  stored: StoredDescriptors,
): AsyncGenerator<{ readonly sha256: string; readonly descriptor: ImageDescriptor | null }[]> {
  for (let from = 0; from < digests.length; from += LOOKED_UP) {
    const part = digests.slice(from, from + LOOKED_UP);
    const found = await stored(part);
    yield part.map((sha256) => {
      const bytes = found.get(sha256);
      return { sha256, descriptor: bytes === undefined ? null : readDescriptor(bytes) };
    });
  }
}

/** Thumbnails of originals: as they were stored, else each decoded once. */
export class OriginalThumbnails {
  readonly #originals: BlobStore;
  readonly #stored: StoredDescriptors;
  readonly #found = new Map<string, Uint8Array>();

  constructor(originals: BlobStore, stored: StoredDescriptors) {
    this.#originals = originals;
    this.#stored = stored;
  }

  /** Gets thumbnails of those of which it has none yet. @throws WinnowError DATA_CORRUPT where an original is gone */
  async load(digests: Iterable<string>, signal?: AbortSignal): Promise<void> {
    const missing = [...new Set(digests)].filter((sha256) => !this.#found.has(sha256));
    const undescribed: string[] = [];
    for await (const part of readDescriptors(missing, this.#stored)) {
      for (const { sha256, descriptor } of part) {
        if (descriptor === null) undescribed.push(sha256);
        else this.#found.set(sha256, descriptor.thumbnail);
      }
    }
    for (let from = 0; from < undescribed.length; from += AT_ONCE) {
      const part = undescribed.slice(from, from + AT_ONCE);
      const made = await Promise.all(part.map((sha256) => this.#make(sha256, signal)));
      made.forEach((thumbnail, index) => this.#found.set(part[index] as string, thumbnail));
    }
  }

  async #make(sha256: string, signal: AbortSignal | undefined): Promise<Uint8Array> {
    const bytes = await this.#originals.require(sha256);
    const made = await decodeReduced(bytes, DECODE_LIMITS, { kind: 'thumbnail', size: SIDE }, signal);
    if (made.ok) return made.image.data;
    throw unreadableAfterAll(this.#originals, sha256, made.detail);
  }

  /** Undefined where none was asked for. */
  of(sha256: string): Uint8Array | undefined {
    return this.#found.get(sha256);
  }
}

/**
 * Mean difference of two thumbnails, 0..255; 0 where one is missing, as the hash alone then decides.
 * @param flipped whether one shows the other in a mirror
 */
export function pairDifference(a: Uint8Array | undefined, b: Uint8Array | undefined, flipped: boolean): number {
  if (a === undefined || b === undefined) return 0;
  return thumbnailDifference(a, flipped ? flipThumbnail(b) : b);
}

/** A square RGB thumbnail, [side, side, 3], with left and right exchanged. */
export function flipThumbnail(thumbnail: Uint8Array): Uint8Array {
  const side = Math.round(Math.sqrt(thumbnail.length / 3));
  const flipped = new Uint8Array(thumbnail.length);
  for (let y = 0; y < side; y += 1) {
    for (let x = 0; x < side; x += 1) {
      const from = (y * side + x) * 3;
      flipped.set(thumbnail.subarray(from, from + 3), (y * side + side - 1 - x) * 3);
    }
  }
  return flipped;
}
