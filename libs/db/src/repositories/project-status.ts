import { count, desc, eq, sql } from 'drizzle-orm';
import type { SQL } from 'drizzle-orm';
import type { JsonValue, ResponseClass } from '@winnow/contracts';
import type { Database, DatabaseHandle } from '../database';
import { countJobs } from '../jobs/job-queue';
import type { JobCounts, JobKind } from '../jobs/job-kinds';
import { queryColumn, queryRows, sameUrl } from '../query';
import { builds, fetches, hits, queries, runs, occurrences, splits } from '../schema';
import { readEngineHealth } from './crawl/crawl-engines';
import { readCrawl } from './crawl/crawl-rounds';
import { readWorkers } from './crawl/worker-records';

export interface ProjectStatus {
  readonly hits: number;
  /** Fetched URLs by outcome, most frequent first. */
  readonly outcomes: Readonly<Record<string, number>>;
  /** URLs of which nothing is known yet. */
  readonly pending: number;
  /** Different original files. */
  readonly images: number;
  readonly crawl: CrawlStatus;
  readonly builds: readonly { readonly id: string; readonly sampleCount: number; readonly forgotten: number }[];
  readonly splits: number;
  readonly runs: number;
}

interface CrawlStatus {
  readonly state: 'not begun' | 'going on' | 'ended';
  readonly jobs: Readonly<Record<JobKind, JobCounts>>;
  readonly perEngine: readonly (GroupStatus & EngineState)[];
  readonly perClass: readonly GroupStatus[];
  /** Processes heard of within the last minute. */
  readonly workers: readonly { readonly id: string; readonly jobsDone: number; readonly imagesDone: number }[];
  /** Over the last minute. */
  readonly imagesPerSecond: number;
  /** Until all listed URLs are fetched, at that rate; null while there is none. */
  readonly etaSeconds: number | null;
}

/** Different image URLs that one engine, or class, has listed. */
export interface GroupStatus {
  readonly name: string;
  readonly queued: number;
  /** Stored, or known to be a copy of what is. */
  readonly done: number;
  readonly failed: number;
}

interface EngineState {
  readonly suspendedUntil: string | null;
  readonly reason: ResponseClass | null;
}

/** What a project has, in few and cheap queries: it is asked for all day. */
export interface ProjectOverview {
  /** The current one first. */
  readonly builds: readonly {
    readonly id: string;
    readonly sampleCount: number;
    readonly createdAt: Date;
    /** When a build command last came to it. */
    readonly usedAt: Date;
    /** Number of the newest decision that this command had read; null: that is not known. */
    readonly lastDecision: number | null;
    /** Keys of samples that hold an image which was to be forgotten since. */
    readonly forgottenKeys: readonly string[];
  }[];
  /** Newest first. */
  readonly splits: readonly {
    readonly id: string;
    readonly buildId: string;
    readonly method: string;
    readonly createdAt: Date;
    readonly counts: JsonValue;
  }[];
  readonly hits: number;
  /** Different original files. */
  readonly images: number;
  readonly runs: number;
  /** Of the best student, 0 to 1; null without one. */
  readonly bestAccuracy: number | null;
}

/**
 * @param known these counts of before, which take seconds at a million images: they are not counted again
 * @returns what is there now; a project that nothing was crawled for has nothing
 */
export async function projectOverview(
  db: Database,
  project: string,
  known?: Pick<ProjectOverview, 'hits' | 'images'>,
): Promise<ProjectOverview> {
  const buildRows = await db
    .select({
      id: builds.id,
      sampleCount: builds.sampleCount,
      createdAt: builds.createdAt,
      usedAt: builds.usedAt,
      lastDecision: builds.lastDecision,
      forgottenKeys: builds.forgottenKeys,
    })
    .from(builds)
    .where(eq(builds.project, project))
    .orderBy(desc(builds.usedAt), desc(sql`${builds.id} collate "C"`));
  const splitRows = await db
    .select({
      id: splits.id,
      buildId: splits.buildId,
      method: splits.method,
      createdAt: splits.createdAt,
      counts: splits.counts,
    })
    .from(splits)
    .where(eq(splits.project, project))
    .orderBy(desc(splits.createdAt), desc(sql`${splits.id} collate "C"`));
  const [ofRuns] = await queryRows<Pick<ProjectOverview, 'runs' | 'bestAccuracy'>>(
    db,
    sql`
      select count(*)::integer as runs, max((summary->>'accuracy')::float8) as "bestAccuracy"
      from runs where project = ${project}`,
  );
  return {
    builds: buildRows,
    splits: splitRows,
    ...(known === undefined ? await countOriginals(db, project) : { hits: known.hits, images: known.images }),
    ...(ofRuns ?? { runs: 0, bestAccuracy: null }),
  };
}

async function countOriginals(db: Database, project: string): Promise<Pick<ProjectOverview, 'hits' | 'images'>> {
  const [counts] = await queryRows<Pick<ProjectOverview, 'hits' | 'images'>>(
    db,
    sql`
      select (select count(*) from hits where project = ${project})::integer as hits,
        (select count(distinct sha256) from sightings where project = ${project})::integer as images`,
  );
  return counts ?? { hits: 0, images: 0 };
}

const RATE_SECONDS = 60;

/** Whether anything was ever crawled or imported for a project in this database. */
export async function isProjectKnown(db: Database, project: string): Promise<boolean> {
  return (await queryColumn(db, sql`select name from projects where name = ${project}`)).length > 0;
}

/** How far everything of a project is. */
export async function projectStatus(
  { db, executeSql }: Pick<DatabaseHandle, 'db' | 'executeSql'>,
  project: string,
  now: Date,
): Promise<ProjectStatus> {
  const [hitCount] = await db.select({ value: count() }).from(hits).where(eq(hits.project, project));
  const [imageCount] = await db
    .select({ value: sql<number>`count(distinct ${occurrences.sha256})`.mapWith(Number) })
    .from(occurrences)
    .where(eq(occurrences.project, project));
  const byOutcome = await db
    .select({ outcome: fetches.outcome, value: count() })
    .from(fetches)
    .where(eq(fetches.project, project))
    .groupBy(fetches.outcome);
  const [splitCount] = await db.select({ value: count() }).from(splits).where(eq(splits.project, project));
  const [runCount] = await db.select({ value: count() }).from(runs).where(eq(runs.project, project));
  const buildRows = await db
    .select({ id: builds.id, sampleCount: builds.sampleCount, forgottenKeys: builds.forgottenKeys })
    .from(builds)
    .where(eq(builds.project, project))
    .orderBy(builds.createdAt, sql`${builds.id} collate "C"`);
  const known = byOutcome.filter((row) => row.outcome !== null).sort((a, b) => b.value - a.value);
  const pending = byOutcome.find((row) => row.outcome === null)?.value ?? 0;
  return {
    hits: hitCount?.value ?? 0,
    outcomes: Object.fromEntries(known.map((row) => [String(row.outcome), row.value])),
    pending,
    images: imageCount?.value ?? 0,
    crawl: await crawlStatus({ db, executeSql }, { project, now, pending }),
    builds: buildRows.map(({ id, sampleCount, forgottenKeys }) => ({
      id,
      sampleCount,
      forgotten: forgottenKeys.length,
    })),
    splits: splitCount?.value ?? 0,
    runs: runCount?.value ?? 0,
  };
}

async function crawlStatus(
  { db, executeSql }: Pick<DatabaseHandle, 'db' | 'executeSql'>,
  { project, now, pending }: { readonly project: string; readonly now: Date; readonly pending: number },
): Promise<CrawlStatus> {
  const crawl = await readCrawl(db, project);
  const health = new Map((await readEngineHealth(db)).map((engine) => [engine.engine, engine]));
  const imagesPerSecond = await recentRate(db, project, now);
  return {
    state: crawl === undefined ? 'not begun' : crawl.finishedAt === null ? 'going on' : 'ended',
    jobs: await countJobs(executeSql, project),
    perEngine: (await withSilentEngines(db, project, await groups(db, project, 'engine'))).map((group) => {
      const { suspendedUntil = null, reason = null } = health.get(group.name) ?? {};
      const isSuspended = suspendedUntil !== null && suspendedUntil > now;
      return {
        ...group,
        suspendedUntil: isSuspended ? suspendedUntil.toISOString() : null,
        reason: isSuspended ? reason : null,
      };
    }),
    perClass: await groups(db, project, 'class_name'),
    workers: (await readWorkers(db)).map(({ id, jobsDone, imagesDone }) => ({ id, jobsDone, imagesDone })),
    imagesPerSecond,
    etaSeconds: imagesPerSecond > 0 ? Math.ceil(pending / imagesPerSecond) : null,
  };
}

/** Engines of the project's queries that have listed nothing yet are among them: they may be left alone. */
async function withSilentEngines(
  db: Database,
  project: string,
  listed: readonly GroupStatus[],
): Promise<readonly GroupStatus[]> {
  const known = new Set(listed.map(({ name }) => name));
  const planned = await db.selectDistinct({ name: queries.engine }).from(queries).where(eq(queries.project, project));
  const silent = planned.filter(({ name }) => !known.has(name)).sort((a, b) => (a.name < b.name ? -1 : 1));
  return [...listed, ...silent.map(({ name }) => ({ name, queued: 0, done: 0, failed: 0 }))];
}

async function groups(db: Database, project: string, column: 'engine' | 'class_name'): Promise<readonly GroupStatus[]> {
  return queryRows<GroupStatus>(
    db,
    sql`
      select h.${sql.raw(column)} as name, ${urlsWith(sql`f.outcome is null`)} as queued,
        ${urlsWith(sql`f.outcome in ${DONE}`)} as done, ${urlsWith(sql`f.outcome not in ${DONE}`)} as failed
      from hits h left join fetches f on f.project = h.project and ${sameUrl('f.canonical_url', 'h.canonical_url')}
      where h.project = ${project} group by 1 order by h.${sql.raw(column)} collate "C"`,
  );
}

const DONE = sql`('stored', 'unchanged', 'duplicate_bytes', 'duplicate_near')`;

const urlsWith = (condition: SQL): SQL => sql`count(distinct h.canonical_url) filter (where ${condition})::integer`;

/** URLs settled in the last minute, a second; over the time since the first of them where that is shorter. */
async function recentRate(db: Database, project: string, now: Date): Promise<number> {
  const [recent] = await queryRows<{ readonly settled: number; readonly seconds: number | null }>(
    db,
    sql`
      select count(*)::integer as settled,
        extract(epoch from ${now.toISOString()}::timestamptz - min(updated_at))::float8 as seconds
      from fetches where project = ${project} and outcome is not null
        and updated_at > ${now.toISOString()}::timestamptz - ${RATE_SECONDS} * interval '1 second'`,
  );
  const { settled = 0, seconds = null } = recent ?? {};
  return settled === 0 ? 0 : Math.round((10 * settled) / Math.max(1, seconds ?? 1)) / 10;
}
