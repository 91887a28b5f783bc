import type { DuplicateItem } from './duplicate-item';
import { hashWords } from './hamming-distance';
import { HammingIndex } from './hamming-index';
import type { HammingHit } from './hamming-index';
import { MIRROR_SLACK_BITS, mirrorWords } from './mirror-hash';

/** A picture of the held-out set, as far as matching needs it. */
export type HeldOutItem = Pick<DuplicateItem, 'id' | 'bytesSha' | 'pixelSha' | 'pdq' | 'pdqQuality'>;

/** When a picture counts as a copy of a held-out one. */
export interface LeakOptions {
  /** PDQ distance. Default 31: losing a training picture costs less than a leak. */
  readonly leakBits?: number;
  /** Default 50. */
  readonly minPdqQuality?: number;
  /** Whether a mirror image is a copy, too: within `leakBits` and MIRROR_SLACK_BITS. Default false. */
  readonly mirrors?: boolean;
  /** Last word on a near pair of hashes. */
  readonly confirm?: (item: HeldOutItem, heldOut: HeldOutItem, mirrored: boolean) => boolean;
}

/** A copy of a held-out picture. */
export interface Leak {
  readonly id: string;
  readonly heldOutId: string;
  /** PDQ distance; 0 for the same bytes or pixels. */
  readonly distanceBits: number;
  /** It shows the held-out picture in a mirror; `distanceBits` are from that one's mirrored hash. */
  readonly mirrored?: true;
}

type Match = Omit<Leak, 'id'>;

/** Finds the items that are copies of held-out pictures, in list order; each is listed once, with its nearest. */
export function findLeaks(
  items: readonly HeldOutItem[],
  heldOut: readonly HeldOutItem[],
  options: LeakOptions = {},
): Leak[] {
  const stages = [sameAs(heldOut), nearTo(heldOut, options)];
  return items.flatMap((item) => {
    for (const stage of stages) {
      const match = stage(item);
      if (match !== undefined) return [{ id: item.id, ...match }];
    }
    return [];
  });
}

type Stage = (item: HeldOutItem) => Match | undefined;

function sameAs(heldOut: readonly HeldOutItem[]): Stage {
  const byBytes = new Map(heldOut.map(({ bytesSha, id }) => [bytesSha, id]));
  const byPixels = new Map(heldOut.map(({ pixelSha, id }) => [pixelSha, id]));
  return ({ bytesSha, pixelSha }) => {
    const heldOutId = byBytes.get(bytesSha) ?? byPixels.get(pixelSha);
    return heldOutId === undefined ? undefined : { heldOutId, distanceBits: 0 };
  };
}

function nearTo(
  heldOut: readonly HeldOutItem[],
  { leakBits = 31, minPdqQuality = 50, mirrors = false, confirm = () => true }: LeakOptions,
): Stage {
  const hashed = heldOut.filter((item) => item.pdqQuality >= minPdqQuality);
  const index = new HammingIndex(hashed.map((item) => item.pdq));
  const nearest = (item: HeldOutItem, hits: HammingHit[], mirrored: boolean): HammingHit | undefined =>
    hits
      .sort((a, b) => a.distanceBits - b.distanceBits || a.index - b.index)
      .find((hit) => confirm(item, hashed[hit.index] as HeldOutItem, mirrored));
  const toMatch = ({ index: place, distanceBits }: HammingHit): Match => ({
    heldOutId: (hashed[place] as HeldOutItem).id,
    distanceBits,
  });
  return (item) => {
    if (item.pdqQuality < minPdqQuality) return undefined;
    const words = hashWords([item.pdq]);
    const plain = nearest(item, index.search(words, leakBits), false);
    if (plain !== undefined) return toMatch(plain);
    if (!mirrors) return undefined;
    const mirrored = nearest(item, index.search(mirrorWords(words), leakBits + MIRROR_SLACK_BITS), true);
    return mirrored && { ...toMatch(mirrored), mirrored: true };
  };
}
