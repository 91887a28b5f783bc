import { and, countDistinct, eq, gt, inArray, isNotNull, lt, sql } from 'drizzle-orm';
import type { JsonValue, ResponseClass } from '@winnow/contracts';
import type { Database } from '../../database';
import { classes, hits, projects, queries } from '../../schema';
import { forgottenFilter } from '../forget';
import { insertHits } from '../insert-rows';
import type { HitRow } from '../insert-rows';
import { shareCrawl } from './crawl-rounds';

/** What a project asks the engines for. */
export interface CrawlPlan {
  readonly project: string;
  /** In the order of their labels. */
  readonly classes: readonly string[];
  /** In order of preference. */
  readonly queries: readonly PlannedQuery[];
}

/** One query of the plan. */
export interface PlannedQuery {
  readonly className: string;
  readonly engine: string;
  readonly query: string;
  /** What it asks for besides its text; empty for the plain query. */
  readonly variant: string;
}

/** One query put to one engine for one class. */
export interface ListingKey {
  readonly project: string;
  readonly className: string;
  readonly engine: string;
  readonly query: string;
  readonly variant: string;
}

/** `again`: being read from its first page once more, for what is new. */
type ListingState = 'pending' | 'exhausted' | 'blocked' | 'again';

/** How far one query has been read. */
export interface Listing extends ListingKey {
  readonly pages: number;
  readonly cursor: JsonValue;
  readonly state: ListingState;
  readonly responseClass: ResponseClass | null;
  readonly hitCount: number;
  readonly nextTryAt: Date | null;
}

/** Writes the project, its classes and its queries; what is there already stays as it is. */
export async function ensureCrawlPlan(db: Database, plan: CrawlPlan): Promise<void> {
  const project = plan.project;
  await db.transaction(async (tx) => {
    await tx.insert(projects).values({ name: project }).onConflictDoNothing();
    for (const [position, name] of plan.classes.entries()) {
      await tx
        .insert(classes)
        .values({ project, name, position })
        .onConflictDoUpdate({ target: [classes.project, classes.name], set: { position } });
    }
    await tx.execute(sql`
      insert into queries (project, class_name, engine, query, variant)
      select ${project}, class_name, engine, query, variant
      from jsonb_to_recordset(${planJson(plan)}::jsonb)
        as p(class_name text, engine text, query text, variant text, position integer)
      order by position
      on conflict do nothing`);
  });
}

/** The plan's queries as a table: class_name, engine, query, variant, position. */
export function planJson(plan: CrawlPlan): string {
  return JSON.stringify(
    plan.queries.map(({ className, ...query }, position) => ({ ...query, class_name: className, position })),
  );
}

/** All queries of one class, in no stated order. */
export async function readListings(db: Database, project: string, className: string): Promise<readonly Listing[]> {
  const rows = await db
    .select()
    .from(queries)
    .where(and(eq(queries.project, project), eq(queries.className, className)));
  return rows.map((row) => ({ ...row, cursor: (row.cursor ?? null) as JsonValue }));
}

/** Number of different image URLs listed for a class. */
export async function countListedUrls(db: Database, project: string, className: string): Promise<number> {
  const [row] = await db
    .select({ count: countDistinct(hits.canonicalUrl) })
    .from(hits)
    .where(and(eq(hits.project, project), eq(hits.className, className)));
  return row?.count ?? 0;
}

/** Canonical URLs that one query has listed so far. */
export async function listedUrls(db: Database, key: ListingKey): Promise<ReadonlySet<string>> {
  const rows = await db
    .selectDistinct({ url: hits.canonicalUrl })
    .from(hits)
    .where(
      and(
        eq(hits.project, key.project),
        eq(hits.className, key.className),
        eq(hits.engine, key.engine),
        eq(hits.query, key.query),
        eq(hits.variant, key.variant),
        isNotNull(hits.canonicalUrl),
      ),
    );
  return new Set(rows.flatMap(({ url }) => (url === null ? [] : [url])));
}

export interface ListedPage {
  readonly key: ListingKey;
  /** Its number, from 1. A page that was stored before changes nothing. */
  readonly page: number;
  readonly at: Date;
  readonly hits: readonly HitRow[];
  /** Null when there is no further page. */
  readonly cursor: JsonValue;
  readonly state: ListingState;
  readonly responseClass: ResponseClass;
}

/** Stores one page: its hits and the progress of its query, together or not at all. What was to be forgotten meanwhile is left out. */
export async function commitListedPage(db: Database, page: ListedPage): Promise<void> {
  const { project } = page.key;
  await db.transaction(async (tx) => {
    // Before any row is locked. Takedowns lock the project for themselves: they come before, or see what is stored here.
    await shareCrawl(tx, project);
    // Stored once, whoever reads it, and however often a lost connection makes us repeat this.
    const progress = await tx
      .update(queries)
      .set({
        pages: page.page,
        hitCount: sql`${queries.hitCount} + ${page.hits.length}`,
        cursor: page.cursor,
        state: page.state,
        responseClass: page.responseClass,
        nextTryAt: null,
        updatedAt: page.at,
      })
      .where(and(sameListing(page.key), eq(queries.pages, page.page - 1)))
      .returning({ pages: queries.pages });
    if (progress.length === 0) return;
    const { isForgotten } = await forgottenFilter(tx, project);
    const wanted = page.hits.filter(({ canonicalUrl }) => canonicalUrl === null || !isForgotten(canonicalUrl));
    await insertHits(tx, project, { hits: wanted, at: page.at });
  });
}

/** Notes why a query cannot go on now; its place is kept. One that another worker has read further since is left alone. */
export async function blockListing(
  db: Database,
  key: ListingKey,
  {
    pages,
    ...block
  }: {
    /** Pages that were read when this one was asked for. */
    readonly pages: number;
    readonly responseClass: ResponseClass | null;
    readonly nextTryAt: Date;
    readonly cursor: JsonValue;
  },
): Promise<void> {
  await db
    .update(queries)
    .set({ state: 'blocked', ...block, updatedAt: sql`now()` })
    .where(and(sameListing(key), eq(queries.pages, pages)));
}

/** Lets blocked queries be asked again at once. */
export async function reopenListings(db: Database, project: string): Promise<void> {
  await db
    .update(queries)
    .set({ state: 'pending', nextTryAt: null })
    .where(and(eq(queries.project, project), eq(queries.state, 'blocked')));
}

/** Has queries that were last asked before `since` asked again from their first page; then they go on where they were. */
export async function relistQueries(db: Database, project: string, since: Date): Promise<void> {
  await db
    .update(queries)
    .set({
      state: 'again',
      cursor: sql`case when ${queries.cursor} is null then '{}'::jsonb else jsonb_build_object('resume', ${queries.cursor}) end`,
      nextTryAt: null,
    })
    .where(
      and(
        eq(queries.project, project),
        inArray(queries.state, ['exhausted', 'pending']),
        gt(queries.pages, 0),
        lt(queries.updatedAt, since),
      ),
    );
}

/** Classes with queries that are to be asked again. */
export async function classesAskedAgain(db: Database, project: string): Promise<ReadonlySet<string>> {
  const rows = await db
    .selectDistinct({ className: queries.className })
    .from(queries)
    .where(and(eq(queries.project, project), eq(queries.state, 'again')));
  return new Set(rows.map(({ className }) => className));
}

function sameListing(key: ListingKey) {
  return and(
    eq(queries.project, key.project),
    eq(queries.className, key.className),
    eq(queries.engine, key.engine),
    eq(queries.query, key.query),
    eq(queries.variant, key.variant),
  );
}
