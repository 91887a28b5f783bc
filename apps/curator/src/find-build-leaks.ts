import type { StoredImage } from '@winnow/db';
import { findLeaks, hammingDistance } from '@winnow/dedup';
import type { HeldOutItem, Leak } from '@winnow/dedup';

interface Sized {
  readonly width: number;
  readonly height: number;
}

export interface LeakSearch {
  readonly heldOut: readonly (HeldOutItem & Sized)[];
  /** Near matches of pictures whose shorter side is below this are confirmed by their pixels. */
  readonly confirmBelowPixels: number;
  /** Whether a mirror image is a copy, too. */
  readonly mirrors: boolean;
  /** Mean difference of thumbnails, 0..255, of a near match that must be confirmed. */
  readonly difference: (sha256: string, heldOutId: string, mirrored: boolean) => number;
  /** Called once, with every pair that `difference` may be asked about. */
  readonly prepare: (pairs: readonly LeakPair[]) => Promise<void>;
}

/** A copy of a test picture among the originals. */
export interface BuildLeak extends Leak {
  /** Correlation of their light where they fit best, for copies that were found by how they look. */
  readonly fit?: number;
}

export interface LeakPair {
  readonly sha256: string;
  readonly heldOutId: string;
}

/** PDQ distance up to which an original is a copy of a test picture: losing a training picture costs less than a leak. */
export const LEAK_BITS = 31;
/** The same where a picture is small and its pixels have the last word: shrunk to 32 pixels, copies differ by up to 38. */
export const SMALL_LEAK_BITS = 39;
/** Difference of thumbnails up to which small pictures are copies; beyond LEAK_BITS, where other pictures come closer. */
const COPY_DIFFERENCE = 8;
const FAR_COPY_DIFFERENCE = 4;

/**
 * Originals that are copies of test pictures, by digest: the same bytes or pixels, or a near hash; in a mirror too
 * where that counts, and no other copy is found.
 */
export async function findBuildLeaks(
  originals: readonly StoredImage[],
  { heldOut, confirmBelowPixels, mirrors, difference, prepare }: LeakSearch,
): Promise<ReadonlyMap<string, Leak>> {
  const items = originals.flatMap((image) => {
    const { sha256: id, pixelSha256: pixelSha, pdq, pdqQuality, width, height } = image;
    return pixelSha === null || pdq === null || pdqQuality === null
      ? []
      : [{ id, bytesSha: id, pixelSha, pdq, pdqQuality, width, height }];
  });
  const sizes = new Map<string, Sized>([...heldOut, ...items].map((item) => [item.id, item]));
  const isSmall = ({ id }: HeldOutItem): boolean => {
    const size = sizes.get(id);
    return size !== undefined && Math.min(size.width, size.height) < confirmBelowPixels;
  };
  const needsPixels = (item: HeldOutItem, test: HeldOutItem): boolean => isSmall(item) || isSmall(test);
  // What is near in a mirror is within LEAK_BITS and the mirror's slack already.
  const isNear: Confirm = (item, test, mirrored) => mirrored || hammingDistance(item.pdq, test.pdq) <= LEAK_BITS;
  const leakBits = [...heldOut, ...items].some(isSmall) ? SMALL_LEAK_BITS : LEAK_BITS;
  const search = (confirm: Confirm): readonly Leak[] => {
    const plain = findLeaks(items, heldOut, { leakBits, confirm });
    if (!mirrors) return plain;
    const known = new Set(plain.map(({ id }) => id));
    const others = items.filter(({ id }) => !known.has(id));
    return [...plain, ...findLeaks(others, heldOut, { leakBits: LEAK_BITS, mirrors, confirm })];
  };
  const pairs = new Map<string, LeakPair>();
  const certain = search((item, test, mirrored) => {
    if (!needsPixels(item, test)) return isNear(item, test, mirrored);
    pairs.set(`${item.id} ${test.id}`, { sha256: item.id, heldOutId: test.id });
    return false;
  });
  if (pairs.size === 0) return byDigest(certain);
  await prepare([...pairs.values()]);
  const all = search((item, test, mirrored) =>
    needsPixels(item, test)
      ? difference(item.id, test.id, mirrored) <= (isNear(item, test, mirrored) ? COPY_DIFFERENCE : FAR_COPY_DIFFERENCE)
      : isNear(item, test, mirrored),
  );
  return byDigest(all);
}

type Confirm = (item: HeldOutItem, heldOut: HeldOutItem, mirrored: boolean) => boolean;

function byDigest(leaks: readonly Leak[]): ReadonlyMap<string, Leak> {
  return new Map(leaks.map((leak) => [leak.id, leak]));
}
