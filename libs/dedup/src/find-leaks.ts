import type { DuplicateItem } from './clusters/duplicate-item';
import { hashWords } from './hashes/hamming-distance';
import { HammingIndex } from './hashes/hamming-index';
import type { HammingHit } from './hashes/hamming-index';
import { FLIP_SLACK_BITS, flipWords } from './hashes/mirror-hash';

/** An image of the held-out set, as far as matching needs it. */
export type HeldOutItem = Pick<DuplicateItem, 'id' | 'bytesSha' | 'pixelSha' | 'pdq' | 'pdqQuality'>;

/** When an image counts as a copy of a held-out one. */
export interface LeakOptions {
  /** PDQ distance. Default 31: losing a training image costs less than a leak. */
  readonly leakBits?: number;
  /** Default 50. */
  readonly minPdqQuality?: number;
  /** Whether a mirror image is a copy, too: within `mirrorBits` and FLIP_SLACK_BITS. Default false. */
  readonly mirrors?: boolean;
  /** Default `leakBits`. */
  readonly mirrorBits?: number;
}

/** A copy of a held-out image. */
export interface Leak {
  readonly id: string;
  readonly heldOutId: string;
  /** PDQ distance; 0 for the same bytes or pixels. */
  readonly distanceBits: number;
  /** It shows the held-out image in a mirror; `distanceBits` are from that one's flipped hash. */
  readonly flipped?: true;
}

/** What an item may be a copy of. */
export interface LeakCandidate {
  readonly leak: Leak;
  /** By its bytes or pixels, not by its hash alone. */
  readonly isSame: boolean;
}

/** Finds the items that are copies of held-out images, in list order; each is listed once, with its nearest. */
export function findLeaks(
  items: readonly HeldOutItem[],
  heldOut: readonly HeldOutItem[],
  options: LeakOptions = {},
): Leak[] {
  const candidatesOf = leakCandidates(heldOut, options);
  const leaks: Leak[] = [];
  for (const item of items) {
    for (const { leak } of candidatesOf(item)) {
      leaks.push(leak);
      break;
    }
  }
  return leaks;
}

/**
 * Prepares look-ups of the held-out images that an item may be a copy of, the surest first: the one with its bytes or
 * pixels, or else those with near hashes, nearest first, then those near in a mirror. Each is searched for when asked for.
 */
export function leakCandidates(
  heldOut: readonly HeldOutItem[],
  { leakBits = 31, minPdqQuality = 50, mirrors = false, mirrorBits = leakBits }: LeakOptions = {},
): (item: HeldOutItem) => Generator<LeakCandidate> {
  const byBytes = new Map(heldOut.map(({ bytesSha, id }) => [bytesSha, id]));
  const byPixels = new Map(heldOut.map(({ pixelSha, id }) => [pixelSha, id]));
  const hashed = heldOut.filter((item) => item.pdqQuality >= minPdqQuality);
  const index = new HammingIndex(hashed.map((item) => item.pdq));
  const near = (words: Uint32Array, radiusBits: number): HammingHit[] =>
    index.search(words, radiusBits).sort((a, b) => a.distanceBits - b.distanceBits || a.index - b.index);
  return function* candidatesOf({ id, bytesSha, pixelSha, pdq, pdqQuality }) {
    const same = byBytes.get(bytesSha) ?? byPixels.get(pixelSha);
    if (same !== undefined) {
      yield { leak: { id, heldOutId: same, distanceBits: 0 }, isSame: true };
      return;
    }
    if (pdqQuality < minPdqQuality) return;
    const leakOf = ({ index: place, distanceBits }: HammingHit): Leak => ({
      ...{ id, heldOutId: (hashed[place] as HeldOutItem).id, distanceBits },
    });
    const words = hashWords([pdq]);
    for (const hit of near(words, leakBits)) yield { leak: leakOf(hit), isSame: false };
    if (!mirrors) return;
    for (const hit of near(flipWords(words), mirrorBits + FLIP_SLACK_BITS)) {
      yield { leak: { ...leakOf(hit), flipped: true }, isSame: false };
    }
  };
}
