import { decodeReduced, thumbnailDifference } from '@winnow/imaging';
import { requireBlob } from '@winnow/runs';
import { DECODE_LIMITS, unreadableAfterAll } from './decode-originals';
import { flipThumbnail } from './mirror-thumbnail';

/** Decoded at once, a thread each. */
const AT_ONCE = 8;
/** Pixels, as that of the test images' thumbnails. */
const SIDE = 16;

/** Thumbnails of originals, each decoded once. */
export class OriginalThumbnails {
  readonly #blobsDir: string;
  readonly #found = new Map<string, Uint8Array>();

  constructor(blobsDir: string) {
    this.#blobsDir = blobsDir;
  }

  /** Makes thumbnails of those that have none yet. @throws WinnowError DATA_CORRUPT where an original is gone */
  async load(digests: Iterable<string>, signal?: AbortSignal): Promise<void> {
    const missing = [...new Set(digests)].filter((sha256) => !this.#found.has(sha256));
    for (let from = 0; from < missing.length; from += AT_ONCE) {
      const part = missing.slice(from, from + AT_ONCE);
      const made = await Promise.all(part.map((sha256) => this.#make(sha256, signal)));
      made.forEach((thumbnail, index) => this.#found.set(part[index] as string, thumbnail));
    }
  }

  async #make(sha256: string, signal: AbortSignal | undefined): Promise<Uint8Array> {
    const bytes = await requireBlob(this.#blobsDir, sha256);
    const made = await decodeReduced(bytes, DECODE_LIMITS, { kind: 'thumbnail', size: SIDE }, signal);
    if (made.ok) return made.image.data;
    throw unreadableAfterAll(this.#blobsDir, sha256, made.detail);
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
export function lookDifference(a: Uint8Array | undefined, b: Uint8Array | undefined, flipped: boolean): number {
  if (a === undefined || b === undefined) return 0;
  return thumbnailDifference(a, flipped ? flipThumbnail(b) : b);
}
