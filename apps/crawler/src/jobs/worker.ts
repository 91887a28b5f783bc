import { setMaxListeners } from 'node:events';
import { hostname } from 'node:os';
import { isWinnowError, WinnowError } from '@winnow/contracts';
import {
  dueFetches,
  HEARTBEAT_MILLIS,
  heartbeat,
  readCrawl,
  readTarget,
  readWorkers,
  removeWorker,
  unfinishedCrawls,
} from '@winnow/db';
import type { DatabaseHandle, Job, JobCounts, JobKind, JobQueue } from '@winnow/db';
import { advanceCrawl, advanceJob } from './advance-crawl';
import { settingsFromJson } from './crawl-settings';
import { fetchImages } from '../fetching/fetch-images';
import { listClass } from '../listing/list-class';
import { createProjectCrawler } from './project-crawler';
import type { CrawlerProcess, ProjectCrawler } from './project-crawler';

export interface WorkerOptions extends CrawlerProcess {
  readonly database: DatabaseHandle;
  readonly jobs: JobQueue;
  /** `stopped`: until the signal is aborted; `idle`: until no job is left; or until one project's crawl has ended. */
  readonly until: 'stopped' | 'idle' | { readonly project: string };
  /** Where originals go, if not where the project's machine has them. */
  readonly stateDir?: string | undefined;
  /** A job failed and will be tried again, by this or another worker. */
  readonly onFailure: (job: Job, error: unknown) => void;
}

export interface WorkerResult {
  readonly jobsDone: number;
  /** URLs that this worker fetched or failed to fetch. */
  readonly urlsTried: number;
}

/** Jobs of a kind that one worker does at once. Most of the time jobs wait for their hosts' turns. */
const AT_ONCE: Readonly<Record<JobKind, number>> = { advance: 1, list: 8, fetch: 48 };
const KINDS = ['advance', 'list', 'fetch'] as const satisfies readonly JobKind[];
const POLL_MILLIS = 250;
/** Errors that another try would meet as well, and so would every other job here. */
const FATAL: ReadonlySet<string> = new Set(['DISK_FULL', 'FILE_NOT_WRITABLE']);
/** What this machine lacks (a browser, a key) others may have. */
const LACKING: ReadonlySet<string> = new Set(['ENGINE_UNAVAILABLE', 'CONFIG_INVALID']);

/** One project as its settings stood when it was opened. */
interface OpenCrawler {
  readonly settings: string;
  readonly crawler: ProjectCrawler;
  users: number;
  isStale: boolean;
}

/** How long a job that this worker cannot do is left to others. */
const LEFT_TO_OTHERS_SECONDS = 10;

interface Running {
  readonly job: Job;
  readonly controller: AbortController;
  readonly done: Promise<void>;
}

/** Names a worker among those of all machines. */
export function newWorkerId(): string {
  return `${hostname()}-${process.pid}-${Math.trunc(performance.timeOrigin)}`;
}

/**
 * Works on jobs until there is an end to it. A job that is broken off is given back; one of a killed worker is taken
 * by another after a while. What was stored stays stored, and is not done again.
 * @throws the error of a job that no other try could end differently, or any error of a job where `until` names a project
 */
export async function work(options: WorkerOptions): Promise<WorkerResult> {
  return new Worker(options).run();
}

class Worker {
  readonly #options: WorkerOptions;
  readonly #running = new Map<string, Running>();
  readonly #crawlers = new Set<OpenCrawler>();
  #opened = 0;
  readonly #wanted = new Set<string>();
  #wake: () => void = () => undefined;
  #failure: { readonly error: unknown } | undefined;
  #jobsDone = 0;
  /** Alive on this database, this one included. */
  #workers = 1;
  #urlsTried = 0;

  constructor(options: WorkerOptions) {
    this.#options = options;
  }

  async run(): Promise<WorkerResult> {
    const { jobs, database, workerId } = this.#options;
    const signal = AbortSignal.any([this.#options.signal]);
    const wake = (): void => this.#wake();
    signal.addEventListener('abort', wake);
    await this.#heartbeat();
    const timer = setInterval(() => void this.#beat(), HEARTBEAT_MILLIS);
    try {
      while (!signal.aborted && this.#failure === undefined) {
        const claimed = await this.#claim();
        if (claimed === 0 && this.#running.size === 0 && (await this.#isEnd())) break;
        if (claimed === 0) await this.#wait();
      }
    } finally {
      clearInterval(timer);
      signal.removeEventListener('abort', wake);
      for (const { controller } of this.#running.values()) controller.abort();
      await Promise.allSettled([...this.#running.values()].map(({ done }) => done));
      await jobs.release([...this.#running.values()].map(({ job }) => job)).catch(() => undefined);
      for (const { crawler } of this.#crawlers) await crawler.close().catch(() => undefined);
      await removeWorker(database.db, workerId).catch(() => undefined);
    }
    if (this.#failure !== undefined) throw this.#failure.error;
    return { jobsDone: this.#jobsDone, urlsTried: this.#urlsTried };
  }

  async #claim(): Promise<number> {
    const project = this.#onlyProject();
    const counts = this.#workers < 2 ? undefined : await this.#options.jobs.counts(project);
    let claimed = 0;
    for (const kind of KINDS) {
      const own = [...this.#running.values()].filter(({ job }) => job.kind === kind).length;
      const wanted = this.#fairShare(kind, counts?.[kind]) - own;
      if (wanted <= 0) continue;
      const found = await this.#options.jobs.claim(kind, wanted, project);
      for (const job of found) this.#start(job);
      claimed += found.length;
    }
    return claimed;
  }

  /** Jobs of a kind that this worker may have under way: where there are few, others get some as well. */
  #fairShare(kind: JobKind, counts: JobCounts | undefined): number {
    if (counts === undefined) return AT_ONCE[kind];
    return Math.min(AT_ONCE[kind], Math.ceil((counts.queued + counts.running) / this.#workers));
  }

  #start(job: Job): void {
    const controller = new AbortController();
    const done = this.#do(job, controller).finally(() => this.#wake());
    this.#running.set(job.id, { job, controller, done });
  }

  /** Never rejects. */
  async #do(job: Job, controller: AbortController): Promise<void> {
    const { jobs, onFailure, until } = this.#options;
    const isBrokenOff = (): boolean => controller.signal.aborted || this.#options.signal.aborted;
    try {
      await this.#doKind(job, controller.signal);
      if (isBrokenOff()) return;
      this.#running.delete(job.id);
      this.#jobsDone += 1;
    } catch (error) {
      // Given back at the end; or taken by another already.
      if (isBrokenOff()) return;
      if (typeof until === 'object' || (isWinnowError(error) && FATAL.has(error.code))) {
        this.#failure ??= { error };
        return;
      }
      onFailure(job, error);
      this.#running.delete(job.id);
      const settle =
        isWinnowError(error) && LACKING.has(error.code)
          ? jobs.release([job], LEFT_TO_OTHERS_SECONDS)
          : jobs.fail(job, String(error));
      await settle.catch(() => undefined);
    }
  }

  async #doKind(job: Job, signal: AbortSignal): Promise<void> {
    const { database, jobs, clock } = this.#options;
    const { project } = job.data;
    if (job.kind === 'advance') {
      return advanceCrawl({ db: database.db, jobs, project, now: new Date(clock.now()) }, job);
    }
    const open = await this.#open(project);
    try {
      await this.#doWith(open.crawler, job, signal);
    } finally {
      open.users -= 1;
      await this.#closeStale();
    }
  }

  async #doWith(crawler: ProjectCrawler, job: Job, signal: AbortSignal): Promise<void> {
    const { database, jobs } = this.#options;
    const { project } = job.data;
    const jobSignal = AbortSignal.any([crawler.context.signal, signal]);
    // Every request under way listens.
    setMaxListeners(0, jobSignal);
    const own: ProjectCrawler = { ...crawler, context: { ...crawler.context, signal: jobSignal } };
    if (job.kind === 'list' && crawler.enginesWithoutKey.length > 0) {
      throw new WinnowError('CONFIG_INVALID', `No key for ${crawler.enginesWithoutKey.join(', ')}`, {
        where: 'environment of this worker',
        next: 'Set the variables that `winnow engines list` names; until then other workers list for this project.',
      });
    }
    if (job.kind === 'list') await this.#list(own, job.data.className ?? '');
    else await this.#fetch(own, job);
    if (own.context.signal.aborted) return;
    await database.db.transaction(async (tx) => {
      // Where another worker has it by now, that one says what follows.
      if (await jobs.complete(job, tx)) await jobs.send([advanceJob(project)], tx);
    });
  }

  async #list({ context, plan }: ProjectCrawler, className: string): Promise<void> {
    const target = await readTarget(context.db, context.project, className);
    await listClass(context, plan, { className, target });
  }

  async #fetch({ context }: ProjectCrawler, { data }: Job): Promise<void> {
    const now = new Date(context.clock.now());
    const due = await dueFetches(context.db, context.project, now, data.hosts ?? []);
    // Another job of this worker may be at it.
    const mine = due
      .filter(({ unfinishedTries }) => unfinishedTries > 0 === (data.suspects === true))
      .slice(0, data.limit ?? due.length)
      .filter(({ canonicalUrl }) => !this.#wanted.has(`${context.project} ${canonicalUrl}`));
    for (const { canonicalUrl } of mine) this.#wanted.add(`${context.project} ${canonicalUrl}`);
    try {
      await fetchImages(context, mine, () => (this.#urlsTried += 1));
    } finally {
      for (const { canonicalUrl } of mine) this.#wanted.delete(`${context.project} ${canonicalUrl}`);
    }
  }

  /** The project by its present settings: a crawl that is begun anew may have brought others. */
  async #open(project: string): Promise<OpenCrawler> {
    const { database, stateDir } = this.#options;
    const crawl = await readCrawl(database.db, project);
    if (crawl === undefined) {
      throw new WinnowError('MISSING_INPUT', 'A job of a project that was never crawled', {
        where: project,
        next: 'Run `winnow crawl` for it once.',
      });
    }
    const stored = settingsFromJson(crawl.settings);
    // What is left of a limit is no reason to begin anew.
    const key = JSON.stringify([project, { ...stored, fetchLimit: null }]);
    for (const open of this.#crawlers) {
      if (open.crawler.context.project !== project) continue;
      if (open.settings === key) {
        open.users += 1;
        return open;
      }
      open.isStale = true;
    }
    this.#opened += 1;
    const workerId = `${this.#options.workerId}-${this.#opened}`;
    const settings = { ...stored, stateDir: stateDir ?? stored.stateDir };
    const crawler = createProjectCrawler({ project, settings, db: database.db }, { ...this.#options, workerId });
    const open: OpenCrawler = { settings: key, crawler, users: 1, isStale: false };
    this.#crawlers.add(open);
    crawler.setContended(this.#isContended());
    return open;
  }

  async #closeStale(): Promise<void> {
    for (const open of this.#crawlers) {
      if (!open.isStale || open.users > 0) continue;
      this.#crawlers.delete(open);
      await open.crawler.close();
    }
  }

  /** Whether others may be waiting for hosts: other workers, or other projects of this one. */
  #isContended(): boolean {
    return this.#workers > 1 || this.#crawlers.size > 1;
  }

  /** Whoever waits for one project leaves the jobs of others to those who work for all. */
  #onlyProject(): string | undefined {
    const { until } = this.#options;
    return typeof until === 'object' ? until.project : undefined;
  }

  async #isEnd(): Promise<boolean> {
    const { until, jobs, database } = this.#options;
    if (until === 'stopped') return false;
    if (typeof until === 'object') return (await readCrawl(database.db, until.project))?.finishedAt !== null;
    const counts = Object.values(await jobs.counts());
    return counts.every(({ queued, running }) => queued + running === 0);
  }

  /** Until a job has ended, or it is time to look for new ones. */
  #wait(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, POLL_MILLIS);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  async #beat(): Promise<void> {
    try {
      await this.#heartbeat();
    } catch {
      // The database is away; the next beat tries again.
    }
  }

  async #heartbeat(): Promise<void> {
    const { database, jobs, workerId } = this.#options;
    const { db } = database;
    const mine = [...this.#running.values()].map(({ job }) => job);
    const kept = await jobs.keepAlive(mine);
    for (const { id } of mine) if (!kept.has(id)) this.#breakOff(id);
    await heartbeat(db, {
      id: workerId,
      hostname: hostname(),
      pid: process.pid,
      jobsDone: this.#jobsDone,
      imagesDone: this.#urlsTried,
    });
    this.#workers = (await readWorkers(db)).length;
    for (const { crawler } of this.#crawlers) {
      crawler.setContended(this.#isContended());
      await crawler.keepHosts();
    }
    // A worker killed between two transactions may have left a crawl without a next step.
    for (const project of await unfinishedCrawls(db)) {
      if (project !== (this.#onlyProject() ?? project)) continue;
      const counts = Object.values(await jobs.counts(project));
      if (counts.every(({ queued, running }) => queued + running === 0)) await jobs.send([advanceJob(project)]);
    }
  }

  /** Another worker has the job now. */
  #breakOff(id: string): void {
    const running = this.#running.get(id);
    if (running === undefined) return;
    running.controller.abort();
    this.#running.delete(id);
  }
}
