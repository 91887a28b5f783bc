import { and, asc, eq, inArray, isNotNull, isNull, lt, lte, notInArray, or, sql } from 'drizzle-orm';
import type { Outcome } from '@winnow/contracts';
import type { Database } from '../database';
import { fetches } from '../schema';
import { planJson } from './crawl-listing';
import { shareCrawl } from './crawl-rounds';
import type { CrawlPlan } from './crawl-listing';
import { insertImages } from './insert-images';
import type { FetchedImage } from './insert-images';

/** An image URL that is to be fetched now. */
export interface DueFetch {
  readonly canonicalUrl: string;
  /** The page that listed the picture first, by the order of the plan. */
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
    and md5(h.canonical_url) = md5(fetches.canonical_url) and h.canonical_url = fetches.canonical_url
  order by 1))`;

/**
 * Makes one row for each listed image URL and links later hits to images that are stored already.
 * The rows depend on the hits and the plan's order only, not on when or by whom they were listed.
 */
export async function ensureFetches(db: Database, plan: CrawlPlan): Promise<void> {
  await db.transaction(async (tx) => {
    await tx.execute(sql`
      insert into fetches (project, canonical_url, host, page_url)
      select distinct on (h.canonical_url) h.project, h.canonical_url,
        split_part(split_part(h.canonical_url, '://', 2), '/', 1), h.page_url
      from hits h
      join jsonb_to_recordset(${planJson(plan)}::jsonb)
        as p(class_name text, engine text, query text, variant text, position integer)
        on p.class_name = h.class_name and p.engine = h.engine and p.query = h.query and p.variant = h.variant
      where h.project = ${plan.project} and h.canonical_url is not null
      order by h.canonical_url, p.position, h.page, h.rank
      on conflict do nothing`);
    await tx.execute(sql`
      insert into sightings (hit_id, sha256, project)
      select h.id, f.sha256, h.project
      from hits h join fetches f on f.project = h.project
        and md5(f.canonical_url) = md5(h.canonical_url) and f.canonical_url = h.canonical_url
      where h.project = ${plan.project} and f.sha256 is not null
      on conflict do nothing`);
  });
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

/** What came of fetching one URL. The file of `image`, if any, is on disk already. */
export interface FetchRecord {
  readonly canonicalUrl: string;
  readonly outcome: Outcome;
  readonly detail: string | null;
  /** Requests made for this URL so far, all runs together. */
  readonly attempts: number;
  readonly at: Date;
  readonly nextTryAt: Date | null;
  readonly finalUrl: string | null;
  readonly status: number | null;
  readonly etag: string | null;
  readonly lastModified: string | null;
  /** Until when the answer holds without asking again; null or left out where the server did not say. */
  readonly freshUntil?: Date | null;
  readonly image: FetchedImage | null;
  /** Without `image`: the digest of an earlier copy that still stands. */
  readonly keptSha256?: string | null;
}

/**
 * Records what came of some URLs: images, outcomes and sightings, all of them together or not at all. What was to be
 * forgotten meanwhile is left out.
 * @returns digests of files that were left out and that nothing refers to: the caller removes them
 */
export async function recordFetches(
  db: Database,
  project: string,
  records: readonly FetchRecord[],
): Promise<readonly string[]> {
  return db.transaction(async (tx) => {
    // Takedowns lock the project for themselves: they come before, or see what is stored here.
    await shareCrawl(tx, project);
    const kept = await withoutForgotten(tx, project, records);
    await storeRecords(tx, project, kept);
    const stored = new Set(kept.flatMap(({ image }) => image?.sha256 ?? []));
    const dropped = records.flatMap(({ image }) => (image === null || stored.has(image.sha256) ? [] : [image.sha256]));
    return dropped.length === 0 ? [] : unreferencedImages(tx, dropped);
  });
}

/** Records whose URL is still to be fetched; of files that are to be forgotten only that they were not wanted. */
async function withoutForgotten(
  tx: Database,
  project: string,
  records: readonly FetchRecord[],
): Promise<readonly FetchRecord[]> {
  const urls = records.map(({ canonicalUrl }) => canonicalUrl);
  const { rows: known } = (await tx.execute(sql`
    select f.canonical_url as url from unnest(${sql.param(urls)}::text[]) as u(url)
    join fetches f on f.project = ${project} and md5(f.canonical_url) = md5(u.url) and f.canonical_url = u.url`)) as unknown as {
    rows: { url: string }[];
  };
  const digests = records.flatMap(({ image }) => image?.sha256 ?? []);
  const unwantedDigests = await forgottenAmong(tx, project, digests);
  const knownUrls = new Set(known.map(({ url }) => url));
  return records
    .filter(({ canonicalUrl }) => knownUrls.has(canonicalUrl))
    .map((record) =>
      record.image === null || !unwantedDigests.has(record.image.sha256)
        ? record
        : {
            ...record,
            outcome: 'opted_out',
            detail: 'to be forgotten',
            nextTryAt: null,
            image: null,
            keptSha256: null,
          },
    );
}

/** Of these digests, those that the project was told to forget. */
export async function forgottenAmong(
  tx: Database,
  project: string,
  digests: readonly string[],
): Promise<ReadonlySet<string>> {
  const { rows } = (await tx.execute(sql`
    select value from forgotten where project = ${project} and kind = 'sha256'
      and value = any(${sql.param(digests)}::text[])`)) as unknown as { rows: { value: string }[] };
  return new Set(rows.map(({ value }) => value));
}

/** Of these digests, those of files that no project has. */
export async function unreferencedImages(tx: Database, digests: readonly string[]): Promise<readonly string[]> {
  const { rows } = (await tx.execute(sql`
    select digest from unnest(${sql.param([...new Set(digests)])}::text[]) as d(digest)
    where not exists (select from images i where i.sha256 = d.digest)`)) as unknown as { rows: { digest: string }[] };
  return rows.map(({ digest }) => digest);
}

async function storeRecords(tx: Database, project: string, records: readonly FetchRecord[]): Promise<void> {
  const images = records.flatMap(({ image, at }) => (image === null ? [] : [{ ...image, at }]));
  const found = records.filter(({ image }) => image !== null);
  // The planner knows how long `unnest` of a parameter is, so it looks the few rows up by index.
  const list = (values: readonly unknown[]) => sql`${sql.param(values)}::text[]`;
  const urls = list(records.map(({ canonicalUrl }) => canonicalUrl));
  const facts = list(records.map((record) => JSON.stringify(record)));
  await insertImages(tx, images);
  await tx.execute(sql`
      update fetches f set outcome = r.j->>'outcome', detail = r.j->>'detail', attempts = (r.j->>'attempts')::integer, unfinished_tries = 0,
        updated_at = (r.j->>'at')::timestamptz, next_try_at = (r.j->>'nextTryAt')::timestamptz,
        final_url = r.j->>'finalUrl', status = (r.j->>'status')::integer, etag = r.j->>'etag',
        last_modified = r.j->>'lastModified', fresh_until = (r.j->>'freshUntil')::timestamptz,
        sha256 = coalesce(r.j->'image'->>'sha256', r.j->>'keptSha256')
      from (select url, facts::jsonb as j from unnest(${urls}, ${facts}) as u(url, facts)) r
      where f.project = ${project} and md5(f.canonical_url) = md5(r.url) and f.canonical_url = r.url`);
  if (found.length > 0) {
    await tx.execute(sql`
        insert into sightings (hit_id, sha256, project)
        select h.id, r.sha256, h.project
        from unnest(${list(found.map(({ canonicalUrl }) => canonicalUrl))},
          ${list(found.map(({ image }) => image?.sha256))}) as r(url, sha256)
        join hits h on h.project = ${project} and md5(h.canonical_url) = md5(r.url) and h.canonical_url = r.url
        on conflict do nothing`);
  }
}

/** Outcomes that are no failures. */
const SETTLED: readonly Outcome[] = ['stored', 'unchanged', 'duplicate_bytes', 'duplicate_near'];

/** Makes failed URLs due: all of them, or those with this outcome. @returns how many */
export async function retryFailedFetches(db: Database, project: string, now: Date, outcome?: Outcome): Promise<number> {
  const rows = await db
    .update(fetches)
    // What once ended processes stays suspect.
    .set({ nextTryAt: now, unfinishedTries: sql`case when ${fetches.outcome} = 'crashed' then 1 else 0 end` })
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

/** Makes pictures due again that were fetched before `since` and may have changed by now. @returns how many */
export async function recheckFetches(
  db: Database,
  project: string,
  { since, now }: { readonly since: Date; readonly now: Date },
): Promise<number> {
  const rows = await db
    .update(fetches)
    .set({ nextTryAt: now })
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
