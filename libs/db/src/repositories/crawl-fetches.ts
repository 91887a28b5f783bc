import { and, asc, eq, isNotNull, isNull, lte, notInArray, or, sql } from 'drizzle-orm';
import type { Outcome } from '@winnow/contracts';
import type { Database } from '../database';
import { fetches, images } from '../schema';
import type { CrawlPlan } from './crawl-listing';

/** An image URL that is to be fetched now. */
export interface DueFetch {
  readonly canonicalUrl: string;
  /** The page that listed the picture first, by the order of the plan. */
  readonly pageUrl: string | null;
  readonly attempts: number;
}

/**
 * Makes one row for each listed image URL and links later hits to images that are stored already.
 * The rows depend on the hits and the plan's order only, not on when or by whom they were listed.
 */
export async function ensureFetches(db: Database, plan: CrawlPlan): Promise<void> {
  const order = plan.engines
    .flatMap((engine) =>
      plan.classes.flatMap(({ name, queries }) => queries.map((query) => ({ class_name: name, engine, query }))),
    )
    .map((row, position) => ({ ...row, position }));
  await db.transaction(async (tx) => {
    await tx.execute(sql`
      insert into fetches (project, canonical_url, page_url)
      select distinct on (h.canonical_url) h.project, h.canonical_url, h.page_url
      from hits h
      join jsonb_to_recordset(${JSON.stringify(order)}::jsonb)
        as p(class_name text, engine text, query text, position integer)
        on p.class_name = h.class_name and p.engine = h.engine and p.query = h.query
      where h.project = ${plan.project} and h.canonical_url is not null
      order by h.canonical_url, p.position, h.page, h.rank
      on conflict do nothing`);
    await tx.execute(sql`
      insert into sightings (hit_id, sha256, project)
      select h.id, f.sha256, h.project
      from hits h join fetches f on f.project = h.project and f.canonical_url = h.canonical_url
      where h.project = ${plan.project} and f.sha256 is not null
      on conflict do nothing`);
  });
}

/** URLs never tried, and those whose time to be tried again has come; in byte order. */
export async function dueFetches(db: Database, project: string, now: Date): Promise<readonly DueFetch[]> {
  return db
    .select({ canonicalUrl: fetches.canonicalUrl, pageUrl: fetches.pageUrl, attempts: fetches.attempts })
    .from(fetches)
    .where(
      and(
        eq(fetches.project, project),
        or(and(isNull(fetches.outcome), isNull(fetches.nextTryAt)), lte(fetches.nextTryAt, now)),
      ),
    )
    .orderBy(asc(sql`${fetches.canonicalUrl} collate "C"`));
}

export interface StoredImage {
  readonly sha256: string;
  readonly sizeBytes: number;
  readonly mime: string;
  readonly width: number;
  readonly height: number;
}

export interface FetchFacts {
  readonly project: string;
  readonly canonicalUrl: string;
  /** Requests made for this URL so far, all runs together. */
  readonly attempts: number;
  readonly at: Date;
  readonly finalUrl: string | null;
  readonly status: number | null;
}

/** Records a fetched image whose file is on disk: image, outcome and sightings, together or not at all. */
export async function recordStored(
  db: Database,
  facts: FetchFacts & { readonly etag: string | null; readonly lastModified: string | null },
  image: StoredImage,
): Promise<void> {
  const { project, canonicalUrl, attempts, at, finalUrl, status, etag, lastModified } = facts;
  await db.transaction(async (tx) => {
    await tx
      .insert(images)
      .values({ ...image, storedAt: at })
      .onConflictDoNothing();
    await tx
      .update(fetches)
      .set({
        outcome: 'stored',
        detail: null,
        nextTryAt: null,
        sha256: image.sha256,
        attempts,
        finalUrl,
        status,
        etag,
        lastModified,
        updatedAt: at,
      })
      .where(and(eq(fetches.project, project), eq(fetches.canonicalUrl, canonicalUrl)));
    await tx.execute(sql`
      insert into sightings (hit_id, sha256, project)
      select id, ${image.sha256}, project from hits
      where project = ${project} and canonical_url = ${canonicalUrl}
      on conflict do nothing`);
  });
}

/** Records why an image could not be had. */
export async function recordFailure(
  db: Database,
  facts: FetchFacts,
  failure: { readonly outcome: Outcome; readonly detail: string; readonly nextTryAt: Date | null },
): Promise<void> {
  await db
    .update(fetches)
    .set({
      ...failure,
      attempts: facts.attempts,
      finalUrl: facts.finalUrl,
      status: facts.status,
      updatedAt: facts.at,
    })
    .where(and(eq(fetches.project, facts.project), eq(fetches.canonicalUrl, facts.canonicalUrl)));
}

/** Makes every failed URL due. @returns how many */
export async function retryFailedFetches(db: Database, project: string, now: Date): Promise<number> {
  const rows = await db
    .update(fetches)
    .set({ nextTryAt: now })
    .where(
      and(
        eq(fetches.project, project),
        isNotNull(fetches.outcome),
        notInArray(fetches.outcome, ['stored', 'unchanged']),
      ),
    )
    .returning({ url: fetches.canonicalUrl });
  return rows.length;
}
