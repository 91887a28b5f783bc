import type { StoredImage } from '@winnow/db';
import { leakCandidates } from '@winnow/dedup';
import type { HeldOutItem, Leak, LeakCandidate } from '@winnow/dedup';

interface Sized {
  readonly width: number;
  readonly height: number;
}

export interface LeakSearch {
  readonly heldOut: readonly (HeldOutItem & Sized)[];
  /** Near matches of images whose shorter side is below this are confirmed by their pixels. */
  readonly confirmBelowPixels: number;
  /** Whether a mirror image is a copy, too. */
  readonly mirrors: boolean;
  /** What people say of an original and a test image whose hashes are near. Default: nothing. */
  readonly isNoCopy?: (sha256: string, heldOutId: string) => boolean;
  /**
   * Called at most once, with every near match that must be confirmed: mean difference of the thumbnails of each pair,
   * 0..255, in the order given.
   */
  readonly differences: (pairs: readonly LeakPair[]) => Promise<readonly number[]>;
}

/** A copy of a test image among the originals. */
export interface BuildLeak extends Leak {
  /** Correlation of their light where they fit best, for copies that were found by how they look. */
  readonly fit?: number;
}

/** An original and a test image that it may be a copy of. */
export interface LeakPair {
  readonly sha256: string;
  readonly heldOutId: string;
  readonly flipped: boolean;
}

/** Copies of test images, and what would be some if people had not said that it is none. */
export interface FoundLeaks<Found> {
  /** By digest. */
  readonly leaks: ReadonlyMap<string, Found>;
  readonly refused: readonly Pick<LeakPair, 'sha256' | 'heldOutId'>[];
}

/** PDQ distance up to which an original is a copy of a test image: losing a training image costs less than a leak. */
export const LEAK_BITS = 31;
/** The same where an image is small and its pixels have the last word: shrunk to 32 pixels, copies differ by up to 38. */
export const SMALL_LEAK_BITS = 39;
/** Difference of thumbnails up to which small images are copies; beyond LEAK_BITS, where other images come closer. */
const COPY_DIFFERENCE = 8;
const FAR_COPY_DIFFERENCE = 4;

/**
 * Originals that are copies of test images, by digest: the same bytes or pixels, or a near hash; in a mirror too
 * where that counts, and no other copy is found.
 */
export async function findBuildLeaks(
  originals: readonly StoredImage[],
  { heldOut, confirmBelowPixels, mirrors, isNoCopy = () => false, differences }: LeakSearch,
): Promise<FoundLeaks<Leak>> {
  const items = originals.flatMap((image) => {
    const { sha256: id, pixelSha256: pixelSha, pdq, pdqQuality, width, height } = image;
    return pixelSha === null || pdq === null || pdqQuality === null
      ? []
      : [{ id, bytesSha: id, pixelSha, pdq, pdqQuality, width, height }];
  });
  const isSmall = ({ width, height }: Sized): boolean => Math.min(width, height) < confirmBelowPixels;
  const smallTests = new Set(heldOut.filter(isSmall).map(({ id }) => id));
  const leakBits = smallTests.size > 0 || items.some(isSmall) ? SMALL_LEAK_BITS : LEAK_BITS;
  const candidatesOf = leakCandidates(heldOut, { leakBits, mirrors, mirrorBits: LEAK_BITS });
  const matches: LeakMatches[] = [];
  for (const item of items) {
    const needsPixels = ({ leak, isSame }: LeakCandidate): boolean =>
      !isSame && (isSmall(item) || smallTests.has(leak.heldOutId));
    const isRefused = ({ leak, isSame }: LeakCandidate): boolean => !isSame && isNoCopy(leak.id, leak.heldOutId);
    const found = matchesOf(candidatesOf(item), { isRefused, needsPixels });
    if (found.open.length + found.refused.size > 0 || found.certain !== null) matches.push(found);
  }
  const open = matches.flatMap((match) => match.open);
  const confirmed = new Set<Leak>();
  if (open.length > 0) {
    const found = await differences(open.map(toPair));
    open.forEach((leak, location) => {
      if ((found[location] as number) <= (isNear(leak) ? COPY_DIFFERENCE : FAR_COPY_DIFFERENCE)) confirmed.add(leak);
    });
  }
  const leaks = matches.flatMap(
    ({ open, certain, refused }) => open.find((leak) => confirmed.has(leak) && !refused.has(leak)) ?? certain ?? [],
  );
  const refused = matches.flatMap((match) =>
    [...match.refused].filter((leak) => confirmed.has(leak) || !match.open.includes(leak)),
  );
  return { leaks: new Map(leaks.map((leak) => [leak.id, leak])), refused: refused.map(toPair) };
}

interface LeakMatches {
  /** To be confirmed, the surest first. */
  readonly open: readonly Leak[];
  /** What it is a copy of where none of these is confirmed; null for nothing. */
  readonly certain: Leak | null;
  /** Those of which people say that they are none: to be confirmed as well, or certain otherwise. */
  readonly refused: ReadonlySet<Leak>;
}

/** What is less sure than a certain match is not looked at. */
function matchesOf(
  candidates: Iterable<LeakCandidate>,
  { isRefused, needsPixels }: Readonly<Record<'isRefused' | 'needsPixels', (candidate: LeakCandidate) => boolean>>,
): LeakMatches {
  const open: Leak[] = [];
  const refused = new Set<Leak>();
  for (const candidate of candidates) {
    const { leak, isSame } = candidate;
    if (isRefused(candidate)) {
      if (needsPixels(candidate)) open.push(leak);
      else if (!isNear(leak)) continue;
      refused.add(leak);
    } else if (needsPixels(candidate)) open.push(leak);
    else if (isSame || isNear(leak)) return { open, certain: leak, refused };
  }
  return { open, certain: null, refused };
}

/** What is near in a mirror is within LEAK_BITS and the mirror's slack already. */
function isNear({ distanceBits, flipped }: Leak): boolean {
  return flipped === true || distanceBits <= LEAK_BITS;
}

function toPair({ id: sha256, heldOutId, flipped }: Leak): LeakPair {
  return { sha256, heldOutId, flipped: flipped === true };
}
