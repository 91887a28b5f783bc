import { setMaxListeners } from 'node:events';
import path from 'node:path';
import { WinnowError } from '@winnow/contracts';
import type { ProgressSink } from '@winnow/contracts';
import {
  clearEngineSuspension,
  crawlCounts,
  dueFetches,
  ensureCrawlPlan,
  ensureFetches,
  readEngineHealth,
  readSuspendedHosts,
  reopenListings,
  retryFailedFetches,
} from '@winnow/db';
import type { CrawlCounts, CrawlPlan, Database, EngineHealth } from '@winnow/db';
import type { SeededRandom } from '@winnow/random';
import { BlobStore } from './blob-store';
import { SYSTEM_CLOCK } from './clock';
import type { Clock } from './clock';
import type { CrawlContext } from './crawl-context';
import { fetchImages } from './fetch-images';
import { AGENT, DEFAULT_RETRY, userAgent } from './harvest-options';
import type { HarvestOptions, RetryPolicy } from './harvest-options';
import { HostGate } from './host-gate';
import type { Lookup } from './http/connector';
import { HttpClient } from './http/http-client';
import { DEFAULT_HTTP_LIMITS } from './http/http-limits';
import type { HttpLimits } from './http/http-limits';
import { listClasses } from './list-classes';
import { planQueries } from './query-plan';
import type { PlanInput } from './query-plan';
import { RobotsPolicy } from './robots/robots-policy';
import { Semaphore } from './semaphore';

export interface CrawlOptions {
  readonly project: {
    readonly name: string;
    readonly classes: PlanInput['classes'];
  };
  readonly harvest: HarvestOptions;
  readonly db: Database;
  /** Folder `.winnow` of the project. */
  readonly stateDir: string;
  readonly random: SeededRandom;
  readonly signal: AbortSignal;
  readonly progress: ProgressSink;
  /** Only loopback addresses are dialled: for tests. */
  readonly loopbackOnly: boolean;
  /** Try everything again that failed or was blocked. */
  readonly retryFailed?: boolean;
  /** Most images to fetch in this run. */
  readonly limit?: number;
  readonly clock?: Clock;
  readonly lookup?: Lookup;
  /** Of engines that need one, by engine. */
  readonly apiKeys?: Readonly<Record<string, string>>;
  readonly limits?: Partial<HttpLimits>;
  readonly retry?: RetryPolicy;
}

export interface CrawlResult extends CrawlCounts {
  /** Images that this run fetched or failed to fetch. */
  readonly tried: number;
  /** Engines of the plan that are left alone for now. */
  readonly suspended: readonly EngineHealth[];
  readonly seconds: number;
}

/**
 * Lists, fetches and stores the images of a project. What was done by an earlier run is not done again; what is
 * stored does not depend on timing, concurrency or on having been stopped.
 * @throws WinnowError INTERRUPTED when the signal was aborted; DISK_FULL, FILE_NOT_WRITABLE
 */
export async function crawlProject(options: CrawlOptions): Promise<CrawlResult> {
  const clock = options.clock ?? SYSTEM_CLOCK;
  const startMillis = clock.now();
  const { db, harvest } = options;
  const plan: CrawlPlan = {
    project: options.project.name,
    classes: options.project.classes.map(({ name }) => name),
    queries: planQueries({
      classes: options.project.classes,
      harvest,
      year: new Date(startMillis).getUTCFullYear(),
    }),
  };
  const context = createContext(options, clock);
  try {
    await context.blobs.sweep(startMillis);
    await ensureCrawlPlan(db, plan);
    if (options.retryFailed === true) await reopen(context, plan);
    for (const { host, until } of await readSuspendedHosts(db, new Date(startMillis))) {
      context.gate.holdBack(host, until.getTime() - startMillis);
    }
    await list(context, plan, options.progress);
    stopIfAborted(options);
    await ensureFetches(db, plan);
    const tried = await fetchDue(context, options);
    stopIfAborted(options);
    return {
      ...(await crawlCounts(db, plan.project)),
      tried,
      suspended: await suspendedEngines(context, plan),
      seconds: (clock.now() - startMillis) / 1000,
    };
  } finally {
    await context.http.close();
  }
}

function createContext(options: CrawlOptions, clock: Clock): CrawlContext {
  const { harvest, db, random } = options;
  const signal = AbortSignal.any([options.signal]);
  // Every request under way listens.
  setMaxListeners(0, signal);
  const retry = options.retry ?? DEFAULT_RETRY;
  const gate = new HostGate({
    clock,
    signal,
    delayMillis: harvest.delayMillis,
    perHost: harvest.perHost,
    concurrency: harvest.concurrency,
    maxHoldMillis: retry.maxWaitMillis,
  });
  const http = new HttpClient({
    userAgent: userAgent(harvest.contact),
    resolve: harvest.resolve,
    loopbackOnly: options.loopbackOnly,
    limits: { ...DEFAULT_HTTP_LIMITS, maxBytes: harvest.maxBytes, ...options.limits },
    ...(options.lookup === undefined ? {} : { lookup: options.lookup }),
  });
  return {
    project: options.project.name,
    apiKeys: options.apiKeys ?? {},
    harvest,
    retry,
    db,
    blobs: new BlobStore(path.join(options.stateDir, 'blobs')),
    answers: new BlobStore(path.join(options.stateDir, 'answers')),
    http,
    gate,
    robots: new RobotsPolicy({ db, http, gate, clock, signal, agent: AGENT }),
    decoding: new Semaphore(2),
    clock,
    random,
    signal,
  };
}

/** Engines that asked for fewer requests stay suspended; other blocks may be gone. */
async function reopen(context: CrawlContext, plan: CrawlPlan): Promise<void> {
  await reopenListings(context.db, context.project);
  for (const { engine, reason } of await suspendedEngines(context, plan)) {
    if (reason !== 'rate_limited') await clearEngineSuspension(context.db, engine);
  }
  await retryFailedFetches(context.db, context.project, new Date(context.clock.now()));
}

async function list(context: CrawlContext, plan: CrawlPlan, progress: ProgressSink): Promise<void> {
  const perClass = context.harvest.perClass;
  const task = progress.start({ label: 'list', total: perClass * plan.classes.length, unit: 'URLs' });
  const urlsByClass = new Map<string, number>();
  try {
    await listClasses(context, plan, (className, urls) => {
      urlsByClass.set(className, Math.min(urls, perClass));
      task.update([...urlsByClass.values()].reduce((sum, count) => sum + count, 0));
    });
  } finally {
    task.end();
  }
}

async function fetchDue(context: CrawlContext, options: CrawlOptions): Promise<number> {
  const due = await dueFetches(context.db, context.project, new Date(context.clock.now()));
  const chosen = due.slice(0, options.limit ?? due.length);
  const task = options.progress.start({ label: 'fetch', total: chosen.length, unit: 'images' });
  let tried = 0;
  try {
    await fetchImages(context, chosen, (done) => {
      tried = done;
      task.update(done);
    });
  } finally {
    task.end();
  }
  return tried;
}

async function suspendedEngines(context: CrawlContext, plan: CrawlPlan): Promise<readonly EngineHealth[]> {
  const health = await readEngineHealth(context.db);
  return health.filter(
    ({ engine, suspendedUntil }) =>
      plan.queries.some((query) => query.engine === engine) &&
      suspendedUntil !== null &&
      suspendedUntil.getTime() > context.clock.now(),
  );
}

function stopIfAborted(options: CrawlOptions): void {
  if (!options.signal.aborted) return;
  throw new WinnowError('INTERRUPTED', 'The crawl was stopped', {
    where: options.project.name,
    next: 'Run the same command again to go on; everything fetched so far is stored.',
  });
}
