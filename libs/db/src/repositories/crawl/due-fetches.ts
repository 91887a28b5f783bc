import { and, asc, eq, inArray, isNotNull, isNull, lt, lte, notInArray, or, sql } from 'drizzle-orm';
import type { Outcome } from '@winnow/contracts';
import type { Database } from '../../database';
import { hostOf, queryColumn, sameUrl, textList } from '../../query';
import { fetches } from '../../schema';
import { planJson } from './crawl-listing';
import type { CrawlPlan } from './crawl-listing';
import { sharingCrawl } from './crawl-rounds';

/** An image URL that is to be fetched now. */
export interface DueFetch {
  readonly canonicalUrl: string;
  /** The page that listed the image first, by the order of the plan. */
  readonly pageUrl: string | null;
  readonly attempts: number;
  /** How often a process died while it fetched this URL, in a row. */
  readonly unfinishedTries: number;
  /** Engines that list it, each once, in byte order. */
  readonly engines: readonly string[];
  /** The copy that an earlier fetch stored, and what the server said of it; null where there is none. */
  readonly sha256: string | null;
  readonly finalUrl: string | null;
  readonly etag: string | null;
  readonly lastModified: string | null;
}

/** Names spelt out: drizzle leaves out the table of a column that it sets into a query of one table. */
const listingEngines = sql<string[]>`to_json(array(
  select distinct h.engine collate "C" from hits h where h.project = fetches.project
    and ${sameUrl('h.canonical_url', 'fetches.canonical_url')}
  order by 1))`;

/**
 * Makes one row for each listed image URL and links later hits to images that are stored already. Looks only at pages
 * that it has not seen. The rows depend on the hits and the plan's order only, not on when or by whom they were listed.
 */
export async function ensureFetches(db: Database, plan: CrawlPlan): Promise<void> {
  // One statement, as every part of it must see the same pages.
  await db.execute(sql`
    with listed as (
      select q.class_name, q.engine, q.query, q.variant, q.pages, q.followed_pages, p.position
      from queries q
      join jsonb_to_recordset(${planJson(plan)}::jsonb)
        as p(class_name text, engine text, query text, variant text, position integer)
        on p.class_name = q.class_name and p.engine = q.engine and p.query = q.query and p.variant = q.variant
      where q.project = ${plan.project} and q.pages > q.followed_pages
    ), fresh as materialized (
      select h.id, h.canonical_url, h.page_url, l.position, h.page, h.rank
      from listed l join hits h on h.project = ${plan.project} and h.class_name = l.class_name and h.engine = l.engine
        and h.query = l.query and h.variant = l.variant and h.page > l.followed_pages
      where h.canonical_url is not null
    ), due as (
      insert into fetches (project, canonical_url, host, page_url)
      select distinct on (h.canonical_url) ${plan.project}, h.canonical_url, ${hostOf('h.canonical_url')}, h.page_url
      from fresh h
      order by h.canonical_url, h.position, h.page, h.rank
      on conflict do nothing
    ), linked as (
      insert into sightings (hit_id, sha256, project)
      select h.id, f.sha256, ${plan.project}
      from fresh h join fetches f on f.project = ${plan.project} and ${sameUrl('f.canonical_url', 'h.canonical_url')}
      where f.sha256 is not null
      on conflict do nothing
    )
    update queries q set followed_pages = l.pages
    from listed l
    where q.project = ${plan.project} and q.class_name = l.class_name and q.engine = l.engine and q.query = l.query
      and q.variant = l.variant`);
}

/**
 * URLs never tried, and those whose time to be tried again has come; in byte order, but those at which a process died last.
 * @param hosts of these only
 */
export async function dueFetches(
  db: Database,
  project: string,
  now: Date,
  hosts?: readonly string[],
): Promise<readonly DueFetch[]> {
  return db
    .select({
      canonicalUrl: fetches.canonicalUrl,
      pageUrl: fetches.pageUrl,
      attempts: fetches.attempts,
      unfinishedTries: fetches.unfinishedTries,
      engines: listingEngines,
      sha256: fetches.sha256,
      finalUrl: fetches.finalUrl,
      etag: fetches.etag,
      lastModified: fetches.lastModified,
    })
    .from(fetches)
    .where(
      and(
        eq(fetches.project, project),
        hosts === undefined ? undefined : inArray(fetches.host, [...hosts]),
        or(and(isNull(fetches.outcome), isNull(fetches.nextTryAt)), lte(fetches.nextTryAt, now)),
      ),
    )
    .orderBy(asc(fetches.unfinishedTries), asc(sql`${fetches.canonicalUrl} collate "C"`));
}

/** Outcomes that are no failures. */
const SETTLED: readonly Outcome[] = ['stored', 'unchanged', 'duplicate_bytes', 'duplicate_near'];

/** Who asks may have a clock that is behind: what is due at once is so by any. */
const CLOCKS_DIFFER_MILLIS = 3600_000;
const atOnce = (now: Date): Date => new Date(now.getTime() - CLOCKS_DIFFER_MILLIS);

/** Makes failed URLs due: all of them, or those with this outcome. @returns how many */
export async function retryFailedFetches(db: Database, project: string, now: Date, outcome?: Outcome): Promise<number> {
  const rows = await db
    .update(fetches)
    // What once ended processes stays suspect.
    .set({ nextTryAt: atOnce(now), unfinishedTries: sql`case when ${fetches.outcome} = 'crashed' then 1 else 0 end` })
    .where(
      and(
        eq(fetches.project, project),
        isNotNull(fetches.outcome),
        outcome === undefined ? notInArray(fetches.outcome, [...SETTLED]) : eq(fetches.outcome, outcome),
      ),
    )
    .returning({ url: fetches.canonicalUrl });
  return rows.length;
}

/** Makes images due again that were fetched before `since` and may have changed by now. @returns how many */
export async function recheckFetches(
  db: Database,
  project: string,
  { since, now }: { readonly since: Date; readonly now: Date },
): Promise<number> {
  const rows = await db
    .update(fetches)
    .set({ nextTryAt: atOnce(now) })
    .where(
      and(
        eq(fetches.project, project),
        inArray(fetches.outcome, ['stored', 'unchanged']),
        lt(fetches.updatedAt, since),
        or(isNull(fetches.freshUntil), lte(fetches.freshUntil, now)),
      ),
    )
    .returning({ url: fetches.canonicalUrl });
  return rows.length;
}

/**
 * Makes URLs due whose stored copies are to be fetched again, whatever the server said of how long they hold.
 * @param digests sha256 of originals, hex
 * @returns those of the digests that some URL led to; a server may have another image there by now
 */
export async function refetchOriginals(
  db: Database,
  project: string,
  digests: readonly string[],
  now: Date,
): Promise<ReadonlySet<string>> {
  if (digests.length === 0) return new Set();
  const refetched = sql`
    update fetches set next_try_at = ${atOnce(now).toISOString()}::timestamptz
    where project = ${project} and sha256 = any(${textList(digests)})
    returning sha256`;
  return new Set(await queryColumn(db, refetched));
}

/**
 * Notes that fetching these URLs begins. Whatever is recorded of one ends its try; a try that is never ended tells that the
 * process died at it.
 */
export async function beginTries(db: Database, project: string, urls: readonly string[]): Promise<void> {
  await changeTries(db, project, { urls, change: 1 });
}

/** Takes `beginTries` back: nothing came of these URLs, and they are not to blame. */
export async function withdrawTries(db: Database, project: string, urls: readonly string[]): Promise<void> {
  await changeTries(db, project, { urls, change: -1 });
}

async function changeTries(
  db: Database,
  project: string,
  { urls, change }: { readonly urls: readonly string[]; readonly change: 1 | -1 },
): Promise<void> {
  if (urls.length === 0) return;
  // Takedowns lock the project for themselves. No row is locked before the project is: each is joined with the one of `sharing`.
  await db.execute(sql`
    with sharing as materialized (${sharingCrawl(project)})
    update fetches f set unfinished_tries = greatest(0, unfinished_tries + ${change}::integer)
    from unnest(${textList(urls)}) as u(url), sharing
    where f.project = ${project} and ${sameUrl('f.canonical_url', 'u.url')}`);
}
