import { createHash } from 'node:crypto';
import type { EngineHit, JsonValue, ResponseClass } from '@winnow/contracts';
import {
  blockListing,
  commitListedPage,
  forgottenFilter,
  listedUrls,
  noteEngineAnswer,
  suspendEngine,
} from '@winnow/db';
import type { HitRow, Listing, ListingKey } from '@winnow/db';
import { canonicalUrl } from '@winnow/dedup';
import { askEngine } from './ask-engine';
import type { EngineAnswer } from './ask-engine';
import type { CrawlContext } from './crawl-context';
import type { Engine, ParsedPage } from './engines/engine';
import { judgePage } from './judge-page';
import { licenseAllowed } from './license-allowed';
import { parseVariant } from './query-plan';
import { suspensionMillis, UNREACHABLE_MILLIS } from './suspension';

/** What a canonical URL may take up in the database; parsers pass on no longer ones. */
const MAX_CANONICAL_BYTES = 8192;
/** A token, then the results. */
const MAX_STEPS = 2;

/** Reads the next page of one query and stores its hits and the query's progress. */
export async function listPage(context: CrawlContext, engine: Engine, listing: Listing): Promise<void> {
  const answer = await askInSteps(context, engine, listing);
  if (!answer.ok) return block(context, engine, { listing, class: null, millis: UNREACHABLE_MILLIS });
  const known = await listedUrls(context.db, keyOf(listing));
  const page = judgePage(engine, answer.page, { query: listing.query, hitCount: listing.hitCount });
  // A token where results should be: the format is not what it was.
  const responseClass: ResponseClass = page.class === 'token' ? 'format_drift' : page.class;
  await noteEngineAnswer(context.db, engine.name, { responseClass, at: new Date(context.clock.now()) });
  const millis = suspensionMillis(responseClass, answer.retryAfterMillis);
  if (millis !== undefined) return block(context, engine, { listing, class: responseClass, millis });
  const rawRef = createHash('sha256').update(answer.body).digest('hex');
  await context.answers.put(rawRef, answer.body);
  const { isForgotten } = await forgottenFilter(context.db, context.project);
  const rows = toRows(context, engine, { listing, page, rawRef }).filter(
    ({ canonicalUrl: url }) => url === null || !isForgotten(url),
  );
  // Engines that have nothing more to give may repeat what they gave.
  const repeats = rows.length > 0 && rows.every(({ canonicalUrl: url }) => url === null || known.has(url));
  await commitListedPage(context.db, {
    key: keyOf(listing),
    page: listing.pages + 1,
    at: new Date(context.clock.now()),
    hits: repeats ? [] : rows,
    cursor: repeats ? null : page.next,
    state: repeats || page.next === null ? 'exhausted' : 'pending',
    responseClass: repeats ? repeatClass(listing) : responseClass,
  });
}

/** A query that is asked again from its start has nothing new; one that goes on and repeats itself is held off. */
function repeatClass({ cursor }: Listing): ResponseClass {
  const isAskedAgain = typeof cursor === 'object' && cursor !== null && Object.keys(cursor).length === 0;
  return isAskedAgain ? 'last_page' : 'soft_block';
}

/** Asks for a page; where the engine gives a token first, for the token and then for the page. */
async function askInSteps(context: CrawlContext, engine: Engine, listing: Listing): Promise<EngineAnswer> {
  const { licenses, safe, filters } = context.harvest;
  const apiKey = context.apiKeys[engine.name];
  let cursor: JsonValue = listing.cursor;
  for (let step = 1; ; step += 1) {
    const request = engine.request({
      text: listing.query,
      cursor,
      filters: { licenses, safe, ...definedOnly(filters), ...parseVariant(listing.variant) },
      ...(apiKey === undefined ? {} : { apiKey }),
    });
    const answer = await askEngine(context, engine, { query: listing.query, request });
    if (!answer.ok || answer.page.class !== 'token' || step === MAX_STEPS) return answer;
    cursor = answer.page.next;
  }
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
    const place = {
      className: listing.className,
      engine: listing.engine,
      query: listing.query,
      variant: listing.variant,
      page: listing.pages + 1,
      rank: index + 1,
    };
    const facts = { engineVersion: engine.version, rawRef, canonicalUrl: canonicalOf(hit), ...canonicalDups(hit) };
    return [{ ...hit, ...place, ...facts, id: hitId(context.project, place) }];
  });
}

/** The same place in the same listing gives the same id. */
function hitId(
  project: string,
  place: { className: string; engine: string; query: string; variant: string; page: number; rank: number },
): string {
  const parts = [project, place.className, place.engine, place.query, place.variant, place.page, place.rank];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
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
  await blockListing(context.db, keyOf(listing), { responseClass, nextTryAt: until, cursor });
  await suspendEngine(context.db, listing.engine, { until, reason: responseClass });
}

function keyOf({ project, className, engine, query, variant }: Listing): ListingKey {
  return { project, className, engine, query, variant };
}
