import { createHash } from 'node:crypto';
import type { EngineHit, JsonValue, ResponseClass } from '@winnow/contracts';
import {
  blockListing,
  commitListedPage,
  forgottenFilter,
  hitId,
  listedUrls,
  noteEngineResponse,
  suspendEngine,
} from '@winnow/db';
import type { HitRow, ListedPage, Listing, ListingKey } from '@winnow/db';
import { canonicalUrl } from '@winnow/dedup';
import type { Engine, ParsedPage } from '../engines/engine';
import { asRecord } from '../engines/parse-json';
import type { CrawlContext } from '../jobs/crawl-context';
import { askInSteps } from './ask-engine';
import { detectSoftBlock } from './detect-soft-block';
import { licenseAllowed } from './license-allowed';
import { parseVariant } from './query-plan';
import { suspensionMillis, UNREACHABLE_MILLIS } from './suspension';

/** What a canonical URL may take up in the database; parsers pass on no longer ones. */
const MAX_CANONICAL_BYTES = 8192;

/** Reads the next page of one query and stores its hits and the query's progress. */
export async function listPage(context: CrawlContext, engine: Engine, listing: Listing): Promise<void> {
  const { licenses, safe, filters } = context.harvest;
  const response = await askInSteps(context, engine, {
    text: listing.query,
    cursor: listing.cursor,
    filters: { licenses, safe, ...definedOnly(filters), ...parseVariant(listing.variant) },
  });
  if (!response.ok) {
    const until = await context.suspensionOf?.(engine.name);
    if (until === undefined) return block(context, engine, { listing, class: null, millis: UNREACHABLE_MILLIS });
    return blockListing(context.db, keyOf(listing), {
      pages: listing.pages,
      responseClass: listing.responseClass,
      nextTryAt: until,
      cursor: listing.cursor,
    });
  }
  const known = await listedUrls(context.db, keyOf(listing));
  const page = detectSoftBlock(engine, response.page, { query: listing.query, hitCount: listing.hitCount });
  // A token where results should be: the format is not what it was.
  const responseClass: ResponseClass = page.class === 'token' ? 'format_drift' : page.class;
  await noteEngineResponse(context.db, engine.name, { responseClass, at: new Date(context.clock.now()) });
  const millis = suspensionMillis(responseClass, response.retryAfterMillis);
  if (millis !== undefined) return block(context, engine, { listing, class: responseClass, millis });
  const rawRef = createHash('sha256').update(response.body).digest('hex');
  await context.responses.put(rawRef, response.body);
  const { isForgotten } = await forgottenFilter(context.db, context.project);
  const rows = toRows(context, engine, { listing, page, rawRef }).filter(
    ({ canonicalUrl: url }) => url === null || !isForgotten(url),
  );
  // Engines that have nothing more to give may repeat what they gave.
  const isNew = ({ canonicalUrl: url }: HitRow): boolean => url !== null && !known.has(url);
  const repeats = rows.length > 0 && !rows.some(isNew);
  await commitListedPage(context.db, {
    key: keyOf(listing),
    page: listing.pages + 1,
    at: new Date(context.clock.now()),
    // Asked again, only what is new counts.
    hits: repeats ? [] : listing.state === 'again' ? rows.filter(isNew) : rows,
    ...progressOf(listing, { next: repeats ? null : page.next, repeats, responseClass }),
  });
}

/** Where a query stands after a page. One that is asked again goes back to where it was once nothing new comes. */
function progressOf(
  { state, cursor }: Listing,
  page: { readonly next: JsonValue; readonly repeats: boolean; readonly responseClass: ResponseClass },
): Pick<ListedPage, 'cursor' | 'state' | 'responseClass'> {
  const { next, repeats, responseClass } = page;
  if (state !== 'again') {
    const ended = repeats ? 'soft_block' : responseClass;
    return { cursor: next, state: next === null ? 'exhausted' : 'pending', responseClass: ended };
  }
  const resume = recordOf(cursor)['resume'] ?? null;
  const ended = repeats ? 'last_page' : responseClass;
  if (next === null) return { cursor: resume, state: resume === null ? 'exhausted' : 'pending', responseClass: ended };
  return { cursor: resume === null ? next : { ...recordOf(next), resume }, state: 'again', responseClass: ended };
}

/** What a cursor holds. */
function recordOf(value: JsonValue): Readonly<Record<string, JsonValue>> {
  return (asRecord(value) ?? {}) as Readonly<Record<string, JsonValue>>;
}

function definedOnly<T extends object>(fields: T): { [Key in keyof T]: Exclude<T[Key], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [Key in keyof T]: Exclude<T[Key], undefined>;
  };
}

function toRows(
  context: CrawlContext,
  engine: Engine,
  { listing, page, rawRef }: { readonly listing: Listing; readonly page: ParsedPage; readonly rawRef: string },
): readonly HitRow[] {
  const { licenses, allowLicenses } = context.harvest;
  const wanted = { licenses: engine.filters.has('licenses') ? 'any' : licenses, allowLicenses } as const;
  return page.hits.flatMap((hit, index) => {
    if (!licenseAllowed(hit, wanted)) return [];
    const location = {
      className: listing.className,
      engine: listing.engine,
      query: listing.query,
      variant: listing.variant,
      page: listing.pages + 1,
      rank: index + 1,
    };
    const facts = { engineVersion: engine.version, rawRef, canonicalUrl: canonicalOf(hit), ...canonicalDups(hit) };
    return [{ ...hit, ...location, ...facts, id: hitId(context.project, location) }];
  });
}

/** In the spelling in which copies are looked up among the listed URLs. */
function canonicalDups(hit: EngineHit): Pick<EngineHit, 'engineDups'> {
  if (hit.engineDups === undefined) return {};
  return { engineDups: hit.engineDups.flatMap((imageUrl) => canonicalOf({ ...hit, imageUrl }) ?? []) };
}

function canonicalOf(hit: EngineHit): string | null {
  const result = canonicalUrl(hit.imageUrl, hit.pageUrl);
  return result.ok && Buffer.byteLength(result.url) <= MAX_CANONICAL_BYTES ? result.url : null;
}

async function block(
  context: CrawlContext,
  engine: Engine,
  why: { readonly listing: Listing; readonly class: ResponseClass | null; readonly millis: number },
): Promise<void> {
  const { listing, class: responseClass } = why;
  const until = new Date(context.clock.now() + why.millis);
  // A token may have run out: the next try asks for another.
  const cursor = listing.cursor === null ? null : (engine.renewCursor?.(listing.cursor) ?? listing.cursor);
  await blockListing(context.db, keyOf(listing), { pages: listing.pages, responseClass, nextTryAt: until, cursor });
  await suspendEngine(context.db, listing.engine, { until, reason: responseClass });
}

function keyOf({ project, className, engine, query, variant }: Listing): ListingKey {
  return { project, className, engine, query, variant };
}
