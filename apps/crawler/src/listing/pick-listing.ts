import type { Listing, PlannedQuery } from '@winnow/db';
import { isExpansion, plainVariant } from './query-plan';

export interface PickListingOptions {
  /** The class's queries in order of preference. */
  readonly order: readonly PlannedQuery[];
  readonly listings: readonly Listing[];
  /** Engines that are not to be asked now. */
  readonly suspended: ReadonlySet<string>;
  readonly now: Date;
}

/** A query with fewer results than this has no more to give by being asked in parts. */
const MIN_HITS_TO_EXPAND = 50;

/**
 * The query whose next page is read next: pages are taken in turn, page 1 of every query first, so that no engine
 * makes up the class alone. Depends only on what is stored, so a restarted crawl goes on as the first would have.
 */
export function pickListing(options: PickListingOptions): Listing | undefined {
  const known = new Map(options.listings.map((listing) => [keyOf(listing), listing]));
  const candidates = options.order.flatMap((planned) => {
    const listing = known.get(keyOf(planned));
    if (listing === undefined || !isOpen(listing, options)) return [];
    const plain = known.get(keyOf({ ...planned, variant: plainVariant(planned.variant) }));
    return isExpansion(planned.variant) && !mayHaveMore(plain) ? [] : [listing];
  });
  // What is to be looked at again comes first: it is wanted even where there are images enough.
  const again = candidates.filter(({ state }) => state === 'again');
  return (again.length > 0 ? again : candidates).reduce<Listing | undefined>(
    (best, listing) => (best === undefined || listing.pages < best.pages ? listing : best),
    undefined,
  );
}

function keyOf({ engine, query, variant }: Pick<PlannedQuery, 'engine' | 'query' | 'variant'>): string {
  return JSON.stringify([engine, query, variant]);
}

/** Engines cap what one query gives; asked in parts they give more. */
function mayHaveMore(plain: Listing | undefined): boolean {
  return plain !== undefined && plain.state === 'exhausted' && plain.hitCount >= MIN_HITS_TO_EXPAND;
}

function isOpen(listing: Listing, { suspended, now }: PickListingOptions): boolean {
  if (listing.state === 'exhausted' || suspended.has(listing.engine)) return false;
  if (listing.state === 'blocked' && listing.nextTryAt !== null && listing.nextTryAt > now) return false;
  return listing.pages === 0 || listing.cursor !== null;
}
