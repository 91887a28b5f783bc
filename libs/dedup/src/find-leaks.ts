import type { DuplicateItem } from './duplicate-item';
import { HammingIndex } from './hamming-index';

/** A picture of the held-out set, as far as matching needs it. */
export type HeldOutItem = Pick<DuplicateItem, 'id' | 'bytesSha' | 'pixelSha' | 'pdq' | 'pdqQuality'>;

/** When a picture counts as a copy of a held-out one. */
export interface LeakOptions {
  /** PDQ distance. Default 31: losing a training picture costs less than a leak. */
  readonly leakBits?: number;
  /** Default 50. */
  readonly minPdqQuality?: number;
  /** Last word on a near pair. */
  readonly confirm?: (item: HeldOutItem, heldOut: HeldOutItem) => boolean;
}

/** A copy of a held-out picture. */
export interface Leak {
  readonly id: string;
  readonly heldOutId: string;
  /** PDQ distance; 0 for the same bytes or pixels. */
  readonly distanceBits: number;
}

/** Finds the items that are copies of held-out pictures, in list order; each is listed once, with its nearest. */
export function findLeaks(
  items: readonly HeldOutItem[],
  heldOut: readonly HeldOutItem[],
  { leakBits = 31, minPdqQuality = 50, confirm = () => true }: LeakOptions = {},
): Leak[] {
  const exact = new Map<string, string>();
  for (const { id, bytesSha, pixelSha } of heldOut) exact.set(`bytes ${bytesSha}`, id).set(`pixels ${pixelSha}`, id);
  const hashed = heldOut.filter((item) => item.pdqQuality >= minPdqQuality);
  const index = new HammingIndex(hashed.map((item) => item.pdq));
  return items.flatMap((item) => {
    const same = exact.get(`bytes ${item.bytesSha}`) ?? exact.get(`pixels ${item.pixelSha}`);
    if (same !== undefined) return [{ id: item.id, heldOutId: same, distanceBits: 0 }];
    if (item.pdqQuality < minPdqQuality) return [];
    const nearest = index
      .search(item.pdq, leakBits)
      .sort((a, b) => a.distanceBits - b.distanceBits || a.index - b.index)
      .find((hit) => confirm(item, hashed[hit.index] as HeldOutItem));
    if (nearest === undefined) return [];
    const { distanceBits } = nearest;
    return [{ id: item.id, heldOutId: (hashed[nearest.index] as HeldOutItem).id, distanceBits }];
  });
}
