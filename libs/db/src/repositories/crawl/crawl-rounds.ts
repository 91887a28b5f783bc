import { and, eq, isNull, isNotNull, sql } from 'drizzle-orm';
import type { SQL } from 'drizzle-orm';
import type { JsonValue } from '@winnow/contracts';
import type { Database } from '../../database';
import { queryColumn, queryRows, sameUrl, textList } from '../../query';
import { classes, projects } from '../../schema';

/** Stores what workers need to crawl for a project, and marks its crawl as begun. */
export async function beginCrawl(db: Database, project: string, settings: JsonValue): Promise<void> {
  await db.update(projects).set({ crawlSettings: settings, crawlFinishedAt: null }).where(eq(projects.name, project));
}

/** Changes what is left of a crawl's limit. */
export async function setFetchLimit(tx: Database, project: string, fetchLimit: number): Promise<void> {
  await tx.execute(sql`
    update projects set crawl_settings = jsonb_set(crawl_settings, '{fetchLimit}', to_jsonb(${fetchLimit}::integer))
    where name = ${project}`);
}

export interface CrawlState {
  /** As `beginCrawl` was given them. */
  readonly settings: JsonValue;
  readonly finishedAt: Date | null;
  readonly rounds: number;
}

/** Undefined for a project that was never crawled. */
export async function readCrawl(db: Database, project: string): Promise<CrawlState | undefined> {
  const [row] = await db.select().from(projects).where(eq(projects.name, project));
  if (row === undefined || row.crawlSettings === null) return undefined;
  return { settings: row.crawlSettings, finishedAt: row.crawlFinishedAt, rounds: row.crawlRounds };
}

/** Projects whose crawl has begun and not ended. */
export async function unfinishedCrawls(db: Database): Promise<readonly string[]> {
  const rows = await db
    .select({ name: projects.name })
    .from(projects)
    .where(and(isNotNull(projects.crawlSettings), isNull(projects.crawlFinishedAt)))
    .orderBy(sql`${projects.name} collate "C"`);
  return rows.map(({ name }) => name);
}

/** Number of an advisory lock. */
const lockKey = (what: 'crawl' | 'decisions', project: string): SQL =>
  sql`hashtextextended(${`winnow ${what} ${project}`}, 0)`;

/** Within a transaction: nothing is stored for this project until it ends, but by it. */
export async function lockCrawl(tx: Database, project: string): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(${lockKey('crawl', project)})`);
}

/** Within a transaction, before `lockCrawl`: nobody else decides what the crawl does next until it ends. */
export async function lockDecisions(tx: Database, project: string): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(${lockKey('decisions', project)})`);
}

/** Within a transaction: keeps `lockDecisions` waiting, and waits for it. Many may share. */
export async function shareDecisions(tx: Database, project: string): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock_shared(${lockKey('decisions', project)})`);
}

/** Within a transaction: keeps `lockCrawl` waiting, and waits for it. Many may share. */
export async function shareCrawl(tx: Database, project: string): Promise<void> {
  await tx.execute(sharingCrawl(project));
}

/** The same, as part of a statement that is a transaction of its own. It gives one row, and that only once the lock is held. */
export function sharingCrawl(project: string): SQL {
  return sql`select pg_advisory_xact_lock_shared(${lockKey('crawl', project)})`;
}

export async function finishCrawl(tx: Database, project: string, at: Date): Promise<void> {
  await tx.update(projects).set({ crawlFinishedAt: at }).where(eq(projects.name, project));
}

/** How much a class has, and how much it is to have listed in this round. */
export interface ClassProgress {
  readonly className: string;
  readonly targetUrls: number;
  /** Different image URLs listed. */
  readonly urls: number;
  /** Different files stored. */
  readonly images: number;
}

/** A text as a number of 64 bits: counting those takes a third of the time, and two of a million are alike once in thirty million cases. */
const digest = (column: string): SQL => sql.raw(`hashtextextended(${column}, 0)`);

/** Progress of every class, in the order of their labels. */
export async function classProgress(db: Database, project: string): Promise<readonly ClassProgress[]> {
  return queryRows<ClassProgress>(
    db,
    sql`
      select c.name as "className", c.target_urls as "targetUrls", coalesce(l.urls, 0) as urls,
        coalesce(s.images, 0) as images
      from classes c
      left join (
        select class_name, count(distinct ${digest('canonical_url')})::integer as urls
        from hits where project = ${project} group by 1
      ) l on l.class_name = c.name
      left join (
        select h.class_name, count(distinct ${digest('s.sha256')})::integer as images
        from sightings s join hits h on h.id = s.hit_id where h.project = ${project} group by 1
      ) s on s.class_name = c.name
      where c.project = ${project} order by c.position, c.name`,
  );
}

/** How many different URLs of each class were fetched or given up, by class; none of one that has none. */
export async function settledUrls(
  db: Database,
  project: string,
  classNames: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const rows = await queryRows<{ readonly className: string; readonly urls: number }>(
    db,
    sql`
      select h.class_name as "className", count(distinct ${digest('h.canonical_url')})::integer as urls
      from hits h join fetches f on f.project = h.project and ${sameUrl('f.canonical_url', 'h.canonical_url')}
      where h.project = ${project} and h.class_name = any(${textList(classNames)}) and f.outcome is not null
      group by 1`,
  );
  return new Map(rows.map(({ className, urls }) => [className, urls]));
}

/** Begins a round of listing. */
export async function setTargets(
  tx: Database,
  project: string,
  targets: readonly { readonly className: string; readonly targetUrls: number }[],
): Promise<void> {
  for (const { className, targetUrls } of targets) {
    await tx
      .update(classes)
      .set({ targetUrls })
      .where(and(eq(classes.project, project), eq(classes.name, className)));
  }
  await tx
    .update(projects)
    .set({ crawlRounds: sql`${projects.crawlRounds} + 1` })
    .where(eq(projects.name, project));
}

/** The number of image URLs that a class is to have listed in this round. */
export async function readTarget(db: Database, project: string, className: string): Promise<number> {
  const [row] = await db
    .select({ targetUrls: classes.targetUrls })
    .from(classes)
    .where(and(eq(classes.project, project), eq(classes.name, className)));
  return row?.targetUrls ?? 0;
}

const isDue = (now: Date) =>
  sql`((f.outcome is null and f.next_try_at is null) or f.next_try_at <= ${now.toISOString()}::timestamptz)`;

/**
 * Hosts with URLs to fetch now, and how many; in byte order.
 * @param options limit: counts only the first so many URLs; suspects: those at which a process died, instead of the others
 */
export async function dueHosts(
  db: Database,
  project: string,
  {
    now,
    limit,
    suspects = false,
  }: { readonly now: Date; readonly limit?: number | undefined; readonly suspects?: boolean },
): Promise<readonly { readonly host: string; readonly due: number }[]> {
  return queryRows<{ readonly host: string; readonly due: number }>(
    db,
    sql`
      select host, count(*)::integer as due from (
        select f.host, f.unfinished_tries from fetches f where f.project = ${project} and ${isDue(now)}
          and (f.unfinished_tries > 0) = ${suspects}
        order by f.unfinished_tries, f.canonical_url collate "C" limit ${limit ?? null}) d
      group by host order by min(unfinished_tries), host collate "C"`,
  );
}

/** Image URLs of a project: listed, fetched or given up, and yet to be fetched. */
export interface CrawlProgress {
  readonly listed: number;
  readonly settled: number;
  readonly queued: number;
}

export async function crawlProgress(db: Database, project: string): Promise<CrawlProgress> {
  const [progress] = await queryRows<CrawlProgress>(
    db,
    sql`
      select (select count(*)::integer from hits where project = ${project}) as listed,
        count(*) filter (where outcome is not null)::integer as settled,
        count(*) filter (where outcome is null and next_try_at is null)::integer as queued
      from fetches where project = ${project}`,
  );
  return progress ?? { listed: 0, settled: 0, queued: 0 };
}

/** URLs of which something was learnt since a time. @param hosts of these only */
export async function triedSince(
  db: Database,
  project: string,
  since: Date,
  hosts?: readonly string[],
): Promise<number> {
  const tried = sql`
    select count(*)::integer from fetches
    where project = ${project} and outcome is not null and updated_at >= ${since.toISOString()}::timestamptz
      ${hosts === undefined ? sql`` : sql`and host = any(${textList(hosts)})`}`;
  return (await queryColumn<number>(db, tried))[0] ?? 0;
}
