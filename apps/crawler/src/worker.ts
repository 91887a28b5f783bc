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
import { fetchImages } from './fetch-images';
import { listClass } from './list-class';
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
const FATAL: ReadonlySet<string> = new Set(['DISK_FULL', 'FILE_NOT_WRITABLE', 'ENGINE_UNAVAILABLE']);

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
  readonly #crawlers = new Map<string, Promise<ProjectCrawler>>();
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
      await jobs.release([...this.#running.keys()]).catch(() => undefined);
      for (const crawler of this.#crawlers.values()) await crawler.then((open) => open.close()).catch(() => undefined);
      await removeWorker(database.db, workerId).catch(() => undefined);
    }
    if (this.#failure !== undefined) throw this.#failure.error;
    return { jobsDone: this.#jobsDone, urlsTried: this.#urlsTried };
  }

  async #claim(): Promise<number> {
    const counts = this.#workers < 2 ? undefined : await this.#options.jobs.counts();
    let claimed = 0;
    for (const kind of KINDS) {
      const own = [...this.#running.values()].filter(({ job }) => job.kind === kind).length;
      const wanted = this.#fairShare(kind, counts?.[kind]) - own;
      if (wanted <= 0) continue;
      const found = await this.#options.jobs.claim(kind, wanted);
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
      await jobs.fail(job, String(error)).catch(() => undefined);
    }
  }

  async #doKind(job: Job, signal: AbortSignal): Promise<void> {
    const { database, jobs, clock } = this.#options;
    const { project } = job.data;
    if (job.kind === 'advance') {
      return advanceCrawl({ db: database.db, jobs, project, now: new Date(clock.now()) }, job);
    }
    const crawler = await this.#crawler(project);
    const own: ProjectCrawler = {
      ...crawler,
      context: { ...crawler.context, signal: AbortSignal.any([crawler.context.signal, signal]) },
    };
    if (job.kind === 'list') await this.#list(own, job.data.className ?? '');
    else await this.#fetch(own, job);
    if (own.context.signal.aborted) return;
    await database.db.transaction(async (tx) => {
      await jobs.complete(job, tx);
      await jobs.send([advanceJob(project)], tx);
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
      .slice(0, data.limit ?? due.length)
      .filter(({ canonicalUrl }) => !this.#wanted.has(`${context.project} ${canonicalUrl}`));
    for (const { canonicalUrl } of mine) this.#wanted.add(`${context.project} ${canonicalUrl}`);
    try {
      await fetchImages(context, mine, () => (this.#urlsTried += 1));
    } finally {
      for (const { canonicalUrl } of mine) this.#wanted.delete(`${context.project} ${canonicalUrl}`);
    }
  }

  #crawler(project: string): Promise<ProjectCrawler> {
    let crawler = this.#crawlers.get(project);
    if (crawler === undefined) {
      crawler = this.#openCrawler(project);
      this.#crawlers.set(project, crawler);
      crawler.catch(() => this.#crawlers.delete(project));
    }
    return crawler;
  }

  async #openCrawler(project: string): Promise<ProjectCrawler> {
    const { database, stateDir } = this.#options;
    const crawl = await readCrawl(database.db, project);
    if (crawl === undefined) {
      throw new WinnowError('MISSING_INPUT', 'A job of a project that was never crawled', {
        where: project,
        next: 'Run `winnow crawl` for it once.',
      });
    }
    const stored = settingsFromJson(crawl.settings);
    const settings = { ...stored, stateDir: stateDir ?? stored.stateDir };
    const crawler = createProjectCrawler({ project, settings, db: database.db }, this.#options);
    crawler.setContended(this.#workers > 1);
    return crawler;
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
    const ids = [...this.#running.keys()];
    const kept = await jobs.keepAlive(ids);
    for (const id of ids) if (!kept.has(id)) this.#breakOff(id);
    await heartbeat(db, {
      id: workerId,
      hostname: hostname(),
      pid: process.pid,
      jobsDone: this.#jobsDone,
      imagesDone: this.#urlsTried,
    });
    this.#workers = (await readWorkers(db)).length;
    const others = this.#workers > 1;
    for (const open of this.#crawlers.values()) {
      const crawler = await open.catch(() => undefined);
      crawler?.setContended(others);
      await crawler?.keepHosts();
    }
    // A worker killed between two transactions may have left a crawl without a next step.
    for (const project of await unfinishedCrawls(db)) {
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
