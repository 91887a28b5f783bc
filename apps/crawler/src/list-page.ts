import { createHash } from 'node:crypto';
import type { EngineHit } from '@winnow/contracts';
import { blockListing, clearEngineSuspension, commitListedPage, listedUrls, suspendEngine } from '@winnow/db';
import type { HitRow, Listing, ListingKey } from '@winnow/db';
import { canonicalUrl } from '@winnow/dedup';
import { askEngine } from './ask-engine';
import type { CrawlContext } from './crawl-context';
import type { Engine, EngineRequest, ParsedPage } from './engines/engine';
import { licenseAllowed } from './license-allowed';
import { suspensionMillis, UNREACHABLE_MILLIS } from './suspension';

/** An index of Postgres holds no longer keys. */
const MAX_CANONICAL_BYTES = 2000;

/** Reads the next page of one query and stores its hits and the query's progress. */
export async function listPage(
  context: CrawlContext,
  engine: Engine,
  { listing, request }: { readonly listing: Listing; readonly request: EngineRequest },
): Promise<void> {
  const answer = await askEngine(context, engine, { query: listing.query, request });
  if (!answer.ok) return block(context, listing, { class: null, millis: UNREACHABLE_MILLIS });
  const { page } = answer;
  const millis = suspensionMillis(page.class, answer.retryAfterMillis);
  if (millis !== undefined) return block(context, listing, { class: page.class, millis });
  const rows = toRows(context, engine, { listing, page });
  const repeats = listing.pages > 0 && (await repeatsEarlierPages(context, listing, rows));
  await commitListedPage(context.db, {
    key: keyOf(listing),
    at: new Date(context.clock.now()),
    hits: repeats ? [] : rows,
    cursor: repeats ? null : page.next,
    state: repeats || page.next === null ? 'exhausted' : 'pending',
    responseClass: repeats ? 'soft_block' : page.class,
  });
  await clearEngineSuspension(context.db, engine.name);
}

function toRows(
  context: CrawlContext,
  engine: Engine,
  { listing, page }: { readonly listing: Listing; readonly page: ParsedPage },
): readonly HitRow[] {
  const { licenses } = context.harvest;
  return page.hits.flatMap((hit, index) => {
    if (!engine.filtersLicenses && !licenseAllowed(hit, licenses)) return [];
    const place = {
      className: listing.className,
      engine: listing.engine,
      query: listing.query,
      page: listing.pages + 1,
      rank: index + 1,
    };
    return [{ ...hit, ...place, id: hitId(context.project, place), canonicalUrl: canonicalOf(hit) }];
  });
}

/** The same place in the same listing gives the same id. */
function hitId(
  project: string,
  place: { className: string; engine: string; query: string; page: number; rank: number },
): string {
  const parts = [project, place.className, place.engine, place.query, place.page, place.rank];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

function canonicalOf(hit: EngineHit): string | null {
  const result = canonicalUrl(hit.imageUrl, hit.pageUrl);
  return result.ok && Buffer.byteLength(result.url) <= MAX_CANONICAL_BYTES ? result.url : null;
}

/** Engines that have nothing more to give may repeat what they gave. */
async function repeatsEarlierPages(context: CrawlContext, listing: Listing, rows: readonly HitRow[]): Promise<boolean> {
  if (rows.length === 0) return false;
  const known = await listedUrls(context.db, keyOf(listing));
  return rows.every(({ canonicalUrl: url }) => url === null || known.has(url));
}

async function block(
  context: CrawlContext,
  listing: Listing,
  why: { readonly class: ParsedPage['class'] | null; readonly millis: number },
): Promise<void> {
  const until = new Date(context.clock.now() + why.millis);
  await blockListing(context.db, keyOf(listing), { responseClass: why.class, nextTryAt: until });
  await suspendEngine(context.db, listing.engine, { until, reason: why.class });
}

function keyOf({ project, className, engine, query }: Listing): ListingKey {
  return { project, className, engine, query };
}
