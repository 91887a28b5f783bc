import { pairKey } from '@winnow/review';
import type { BuildDecisions } from '@winnow/review';
import type { ToldPairs } from '@winnow/dedup';

/** What people said for the next build, as planning it asks for it. */
export interface ToldByPeople {
  /** Of images, by digest. */
  readonly pairs: ToldPairs;
  /** Digests of images that are left out, with their copies. */
  readonly leftOut: ReadonlySet<string>;
  /** @param testBytes digest of the bytes of a test image */
  isNoCopy(sha256: string, testBytes: string): boolean;
}

/** How much of that a build followed; what it would have done anyway is not counted. */
export interface ToldCounts {
  /** Copies that nothing else finds. */
  readonly same?: number;
  /** Pairs of images, or of one of the build and a test image, that would be copies otherwise. */
  readonly notCopies?: number;
  /** Images that are kept in place of a better one. */
  readonly kept?: number;
  /** Images that are left out, copies among them. */
  readonly leftOut?: number;
}

export const NOTHING_TOLD: ToldByPeople = { pairs: {}, leftOut: new Set(), isNoCopy: () => false };

export function toldByPeople({ pairs, leftOut }: BuildDecisions): ToldByPeople {
  const all = [...pairs.values()];
  const idsOf = (...wanted: readonly string[]) =>
    all.filter(({ says }) => wanted.includes(says)).map(({ sha256, otherSha256 }) => [sha256, otherSha256] as const);
  return {
    pairs: { never: idsOf('not-a-copy'), always: idsOf('same', 'keep'), keep: idsOf('keep') },
    leftOut: new Set(leftOut.keys()),
    isNoCopy: (sha256, testBytes) => pairs.get(pairKey(sha256, testBytes))?.says === 'not-a-copy',
  };
}
