import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { StoreAddress } from '@winnow/config';
import { isWinnowError, requireUninterrupted, WinnowError, withProgress } from '@winnow/contracts';
import type { Outcome, ProgressSink, ProgressTask } from '@winnow/contracts';
import {
  acquireLock,
  beginCrawl,
  classProgress,
  clearEngineSuspension,
  crawlCounts,
  crawlProgress,
  ensureCrawlPlan,
  freeHosts,
  lockCrawl,
  lockHolder,
  readEngineHealth,
  recheckFetches,
  relistQueries,
  reopenListings,
  retryFailedFetches,
  suspendedEngines,
  triedSince,
} from '@winnow/db';
import type { CrawlCounts, CrawlPlan, Database, DatabaseHandle, EngineHealth, JobQueue } from '@winnow/db';
import type { SquareOptions } from '@winnow/imaging';
import { answersOf, originalsOf, requireStore } from '@winnow/store';
import { advanceJob } from './advance-crawl';
import { SYSTEM_CLOCK } from '../politeness/clock';
import type { Clock } from '../politeness/clock';
import { planOf, settingsToJson } from './crawl-settings';
import type { CrawlSettings } from './crawl-settings';
import { leaveStatus } from './crawl-status';
import type { HarvestOptions, RetryPolicy } from './harvest-options';
import type { Lookup } from '../http/dns-cache';
import type { HttpLimits } from '../http/http-limits';
import type { PlanInput } from '../listing/query-plan';
import { newWorkerId, work } from './worker';

export interface CrawlOptions {
  readonly project: {
    readonly name: string;
    readonly classes: PlanInput['classes'];
  };
  readonly harvest: HarvestOptions;
  readonly database: DatabaseHandle;
  readonly jobs: JobQueue;
  /** How images are encoded for the next build; left out: they are not. */
  readonly encoding?: SquareOptions | undefined;
  /** Folder `.winnow` of the project. */
  readonly stateDir: string;
  /** Where originals are, if not in that folder. */
  readonly store: StoreAddress | undefined;
  readonly seed: number;
  readonly signal: AbortSignal;
  readonly progress: ProgressSink;
  /** Only loopback addresses are dialled: for tests. */
  readonly loopbackOnly: boolean;
  /** Try everything again that failed or was blocked; or only what came to one outcome. */
  readonly retryFailed?: boolean | Outcome;
  /** Ask again whatever was last asked before this. */
  readonly since?: Date;
  /** So many more images for each class than it has, instead of `perClass`. */
  readonly extendBy?: number;
  /** Most images to fetch in this run. */
  readonly limit?: number;
  /** Only send the jobs; workers do them. */
  readonly enqueueOnly?: boolean;
  /** Of engines that need one, by engine. */
  readonly apiKeys?: Readonly<Record<string, string>>;
  readonly clock?: Clock;
  readonly lookup?: Lookup;
  readonly limits?: Partial<HttpLimits>;
  readonly retry?: RetryPolicy;
}

export interface CrawlResult extends CrawlCounts {
  /** Images that were fetched, or failed to be, since this run began. */
  readonly tried: number;
  /** Engines of the plan that are left alone for now. */
  readonly suspended: readonly EngineHealth[];
  readonly seconds: number;
}

const PROGRESS_MILLIS = 2000;

/**
 * Lists, fetches and stores the images of a project, together with any other workers on the same database. What was
 * done by an earlier run is not done again; what is stored does not depend on timing, concurrency, the number of workers
 * or on having been stopped. What it leaves for `winnow status` is the caller's to remove: `removeStatus`.
 * @throws WinnowError INTERRUPTED when the signal was aborted; DISK_FULL, FILE_NOT_WRITABLE; DATABASE_BUSY where another one is at
 *   work on an embedded database
 */
export async function crawlProject(options: CrawlOptions): Promise<CrawlResult> {
  // On an embedded database one crawl at a time: only so is it known which jobs and hosts a killed one left.
  const release = options.database.kind === 'pglite' ? await lockEmbeddedCrawl(options.stateDir) : undefined;
  try {
    return await crawlAlone(options);
  } finally {
    await release?.();
  }
}

/** @throws WinnowError DATABASE_BUSY where another crawl is at work */
async function lockEmbeddedCrawl(stateDir: string): Promise<() => Promise<void>> {
  const lockPath = path.join(stateDir, 'crawl.lock');
  await mkdir(stateDir, { recursive: true });
  return acquireLock(lockPath, 'winnow crawl').catch(async (error: unknown) => {
    if (!isWinnowError(error) || error.code !== 'DATABASE_BUSY') throw error;
    const holder = await lockHolder(lockPath);
    const who = holder === null ? '' : ` (process ${holder.pid})`;
    throw new WinnowError('DATABASE_BUSY', `Another crawl is at work on this embedded database${who}`, {
      where: lockPath,
      next: 'Wait for it to end, or set DATABASE_URL to a Postgres server, where several crawls and workers share the work.',
      cause: error,
    });
  });
}

async function crawlAlone(options: CrawlOptions): Promise<CrawlResult> {
  const clock = options.clock ?? SYSTEM_CLOCK;
  const startMillis = clock.now();
  const { database, jobs } = options;
  const { db } = database;
  const settings: CrawlSettings = {
    classes: await classSettings(options),
    harvest: options.harvest,
    encoding: options.encoding,
    stateDir: options.stateDir,
    seed: options.seed,
    year: new Date(startMillis).getUTCFullYear(),
    fetchLimit: options.limit ?? null,
  };
  const plan = planOf(options.project.name, settings);
  await requireStore(db, options.store);
  const place = { state: options.stateDir, store: options.store };
  for (const blobs of [originalsOf(place), answersOf(place)]) await blobs.sweep(startMillis);
  await ensureCrawlPlan(db, plan);
  // No other crawl is at work: what is under way was left by a killed one.
  if (database.kind === 'pglite') {
    await jobs.releaseAll();
    await freeHosts(db);
  }
  await db.transaction(async (tx) => {
    // No worker decides by the old settings meanwhile.
    await lockCrawl(tx, plan.project);
    await reopen(tx, options, { plan, now: new Date(startMillis) });
    await beginCrawl(tx, plan.project, settingsToJson(settings));
    // Decided anew, by the present settings.
    await jobs.discard(plan.project, ['list', 'fetch', 'advance'], tx);
    await jobs.send([advanceJob(plan.project)], tx);
  });
  if (options.enqueueOnly !== true) await workToTheEnd(options, clock);
  return {
    ...(await crawlCounts(db, plan.project)),
    tried: await triedSince(db, plan.project, new Date(startMillis)),
    suspended: await plannedSuspensions(options, plan, clock.now()),
    seconds: (clock.now() - startMillis) / 1000,
  };
}

async function classSettings({
  project,
  harvest,
  database,
  extendBy,
}: CrawlOptions): Promise<CrawlSettings['classes']> {
  if (extendBy === undefined) return project.classes.map((item) => ({ ...item, perClass: harvest.perClass }));
  const progress = await classProgress(database.db, project.name);
  const has = new Map(progress.map(({ className, images }) => [className, images]));
  return project.classes.map((item) => ({ ...item, perClass: (has.get(item.name) ?? 0) + extendBy }));
}

async function workToTheEnd(options: CrawlOptions, clock: Clock): Promise<void> {
  const project = options.project.name;
  await withProgress(options.progress, { label: 'crawl', unit: 'images' }, async (task) => {
    const stopShowing = showProgress(options, task);
    try {
      await work({
        database: options.database,
        jobs: options.jobs,
        workerId: newWorkerId(),
        until: { project },
        onFailure: () => undefined,
        loopbackOnly: options.loopbackOnly,
        apiKeys: options.apiKeys ?? {},
        clock,
        signal: options.signal,
        store: options.store,
        lookup: options.lookup,
        limits: options.limits,
        retry: options.retry,
      });
    } finally {
      await stopShowing();
    }
    requireUninterrupted(options.signal, 'The crawl was stopped', {
      where: project,
      next: 'Run the same command again to go on; everything fetched so far is stored.',
    });
  });
}

/** Shows what all workers together have come to, and writes it down for whoever asks meanwhile. @returns ends that */
function showProgress({ database, project, stateDir }: CrawlOptions, task: ProgressTask): () => Promise<void> {
  let reading: Promise<void> | undefined;
  const read = async (): Promise<void> => {
    const { listed, settled, queued } = await crawlProgress(database.db, project.name);
    task.update(settled, queued > 0 ? `of ${settled + queued}` : `${listed} listed`);
    // Where the system has no door for it, the embedded database answers nobody but this process.
    if (database.kind === 'pglite') await leaveStatus(stateDir, database, project.name);
  };
  const timer = setInterval(() => {
    reading ??= read()
      .catch(() => undefined)
      .finally(() => (reading = undefined));
  }, PROGRESS_MILLIS);
  return async () => {
    clearInterval(timer);
    await reading;
  };
}

/** What an earlier run left aside and this one is to look at again. */
async function reopen(
  db: Database,
  { retryFailed, since }: CrawlOptions,
  { plan, now }: { readonly plan: CrawlPlan; readonly now: Date },
): Promise<void> {
  const { project } = plan;
  if (since !== undefined) {
    await relistQueries(db, project, since);
    await recheckFetches(db, project, { since, now });
  }
  if (retryFailed === undefined || retryFailed === false) return;
  await retryFailedFetches(db, project, now, retryFailed === true ? undefined : retryFailed);
  if (retryFailed !== true) return;
  await reopenListings(db, project);
  // Engines that asked for fewer requests stay suspended; other blocks may be gone.
  for (const { engine, reason } of await readEngineHealth(db)) {
    if (reason !== 'rate_limited' && plan.queries.some((query) => query.engine === engine)) {
      await clearEngineSuspension(db, engine);
    }
  }
}

/** Of the plan, those that are left alone now. */
async function plannedSuspensions(
  { database }: CrawlOptions,
  plan: CrawlPlan,
  nowMillis: number,
): Promise<readonly EngineHealth[]> {
  const suspended = await suspendedEngines(database.db, new Date(nowMillis));
  return suspended.filter(({ engine }) => plan.queries.some((query) => query.engine === engine));
}
