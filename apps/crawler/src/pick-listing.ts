import type { Listing } from '@winnow/db';

export interface PickListingOptions {
  /** The class's queries in the order of the project file: engines first. */
  readonly order: readonly { readonly engine: string; readonly query: string }[];
  readonly listings: readonly Listing[];
  /** Engines that are not to be asked now. */
  readonly suspended: ReadonlySet<string>;
  readonly now: Date;
}

/**
 * The query whose next page is read next: pages are taken in turn, page 1 of every query first, so that no engine
 * makes up the class alone. Depends only on what is stored, so a restarted crawl goes on as the first would have.
 */
export function pickListing(options: PickListingOptions): Listing | undefined {
  const candidates = options.order.flatMap(({ engine, query }) => {
    const listing = options.listings.find((row) => row.engine === engine && row.query === query);
    return listing !== undefined && isOpen(listing, options) ? [listing] : [];
  });
  return candidates.reduce<Listing | undefined>(
    (best, listing) => (best === undefined || listing.pages < best.pages ? listing : best),
    undefined,
  );
}

function isOpen(listing: Listing, { suspended, now }: PickListingOptions): boolean {
  if (listing.state === 'exhausted' || suspended.has(listing.engine)) return false;
  if (listing.state === 'blocked' && listing.nextTryAt !== null && listing.nextTryAt > now) return false;
  return listing.pages === 0 || listing.cursor !== null;
}
