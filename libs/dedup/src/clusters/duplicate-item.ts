import { compareText } from '@winnow/contracts';
import { licenseRank } from '../licenses/license-rank';

/** What deduplication knows of one image. */
export interface DuplicateItem {
  /** Unique in its list. */
  readonly id: string;
  /** Class under which it was found (most often). */
  readonly className: string;
  /** How often it was found under each class; without it, once under className. */
  readonly votes?: ReadonlyMap<string, number>;
  /** SHA-256 of the file. */
  readonly bytesSha: string;
  /** SHA-256 of the decoded pixels. */
  readonly pixelSha: string;
  /** 64 hex digits. */
  readonly pdq: string;
  /** 0..100 */
  readonly pdqQuality: number;
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  readonly sizeBytes: number;
  /** Best place in any result list, from 1. */
  readonly rank: number;
  readonly license?: string | null;
  /**
   * Features of a network, of length one: tell crops, pads and turned copies. Null, left out or all zero where there are
   * none: such an image is like no other.
   */
  readonly embedding?: Float32Array | null;
}

/** The embedding of an image that has features, else null. */
export function embeddingOf({ embedding }: Pick<DuplicateItem, 'embedding'>): Float32Array | null {
  return embedding?.some((value) => value !== 0) === true ? embedding : null;
}

/**
 * Order in which copies are kept, best first: most pixels, freest known licence, best rank, largest file, then digest
 * and id, so that no two items are equal.
 * @param rankOf may remember what it read; as `licenseRank`
 */
export function compareRepresentatives(
  a: DuplicateItem,
  b: DuplicateItem,
  rankOf: (license: string | null | undefined) => number = licenseRank,
): number {
  return (
    b.width * b.height - a.width * a.height ||
    rankOf(a.license) - rankOf(b.license) ||
    a.rank - b.rank ||
    b.sizeBytes - a.sizeBytes ||
    compareText(a.bytesSha, b.bytesSha) ||
    compareText(a.id, b.id)
  );
}

/** Votes of an item by class. */
export function votesOf(item: DuplicateItem): ReadonlyMap<string, number> {
  return item.votes ?? new Map([[item.className, 1]]);
}
