import { hostname } from 'node:os';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { isWinnowError } from '@winnow/contracts';
import { HEARTBEATS, JOB_ENDS } from '@winnow/files';
import type { JobEnd } from '@winnow/files';
import { HEARTBEAT_MILLIS, heartbeat, readCrawl, readWorkers, removeWorker, unfinishedCrawls } from '@winnow/db';
import type { Job, JobCounts, JobKind } from '@winnow/db';
import { advanceJob } from './advance-crawl';
import { JobHandlers } from './job-handlers';
import type { JobHandlerOptions } from './job-handlers';

export interface WorkerOptions extends JobHandlerOptions {
  /** `stopped`: until the signal is aborted; `idle`: until no job is left that it can do; or until one project's crawl has ended. */
  readonly until: 'stopped' | 'idle' | { readonly project: string };
  /** A job failed and will be tried again, by this or another worker. */
  readonly onFailure: (job: Job, error: unknown) => void;
}

export interface WorkerResult {
  readonly jobsDone: number;
  /** URLs that this worker fetched or failed to fetch. */
  readonly urlsTried: number;
  /** Jobs that wait for a worker which has what this one lacks, such as a key. */
  readonly jobsLeft: number;
}

/** Jobs of a kind that one worker does at once. Most of the time jobs wait for their hosts' turns. */
const AT_ONCE: Readonly<Record<JobKind, number>> = { advance: 1, list: 8, fetch: 48 };
const KINDS = ['advance', 'list', 'fetch'] as const satisfies readonly JobKind[];
/** How often a worker looks for jobs; on a server ever less often while there are none. */
const POLL_MILLIS = 250;
const MAX_POLL_MILLIS = 3000;
/** Errors that another try would meet as well, and so would every other job here. */
const FATAL: ReadonlySet<string> = new Set(['DISK_FULL', 'FILE_NOT_WRITABLE', 'STORE_MISMATCH']);
/** What this machine lacks (a browser, a key) others may have. */
const LACKING: ReadonlySet<string> = new Set(['ENGINE_UNAVAILABLE', 'CONFIG_INVALID']);
/** What it lacks for now. */
const AWAY = 'STORE_UNREACHABLE';

/** How long a job that this worker cannot do is left to others. */
const LEFT_TO_OTHERS_SECONDS = 10;

interface Running {
  readonly job: Job;
  readonly controller: AbortController;
}

/** Whether jobs of any kind wait or are under way. */
function hasAny(counts: Readonly<Record<JobKind, JobCounts>>): boolean {
  return Object.values(counts).some(({ queued, running }) => queued + running > 0);
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

/** The loop that claims jobs, and the heartbeat that keeps them. */
class Worker {
  readonly #options: WorkerOptions;
  readonly #handlers: JobHandlers;
  readonly #running = new Map<string, Running>();
  /** Of all jobs, those that were broken off and are not at their end yet among them. */
  readonly #ends = new Set<Promise<void>>();
  /** Jobs that it could not do, and gave back. */
  readonly #left = new Set<string>();
  #wake: () => void = () => undefined;
  #failure: { readonly error: unknown } | undefined;
  #jobsDone = 0;
  #pollMillis = POLL_MILLIS;
  /** Alive on this database, this one included. */
  #workers = 1;
  #beating: Promise<void> | undefined;

  constructor(options: WorkerOptions) {
    this.#options = options;
    this.#handlers = new JobHandlers(options);
  }

  async run(): Promise<WorkerResult> {
    const { jobs, database, workerId } = this.#options;
    const signal = AbortSignal.any([this.#options.signal]);
    const wake = (): void => this.#wake();
    signal.addEventListener('abort', wake);
    await this.#heartbeat();
    const timer = setInterval(() => {
      this.#beating ??= this.#beat().finally(() => (this.#beating = undefined));
    }, HEARTBEAT_MILLIS);
    try {
      while (!signal.aborted && this.#failure === undefined) {
        // An embedded database answers within a turn of the event loop: jobs that ask nothing else would leave no other.
        await nextTurn();
        const claimed = await this.#claim();
        if (claimed === 0 && this.#running.size === 0 && (await this.#isEnd())) break;
        if (claimed > 0) this.#pollMillis = POLL_MILLIS;
        else await this.#wait();
      }
    } finally {
      clearInterval(timer);
      signal.removeEventListener('abort', wake);
      for (const { controller } of this.#running.values()) controller.abort();
      await Promise.allSettled(this.#ends);
      // Else it would say that this worker lives, once it is gone.
      await this.#beating;
      await jobs.release([...this.#running.values()].map(({ job }) => job)).catch(() => undefined);
      await this.#handlers.projects.close();
      await removeWorker(database.db, workerId).catch(() => undefined);
    }
    if (this.#failure !== undefined) throw this.#failure.error;
    return { jobsDone: this.#jobsDone, urlsTried: this.#handlers.urlsTried, jobsLeft: this.#left.size };
  }

  async #claim(): Promise<number> {
    const project = this.#onlyProject();
    const counts = this.#workers < 2 ? undefined : await this.#options.jobs.counts(project);
    let claimed = 0;
    for (const kind of KINDS) {
      const own = [...this.#running.values()].filter(({ job }) => job.kind === kind).length;
      const wanted = this.#fairShare(kind, counts?.[kind]) - own;
      if (wanted <= 0 || counts?.[kind].queued === 0) continue;
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
    // After a standstill it ran out here, and comes back before the heartbeat has seen that.
    this.#breakOff(job);
    const controller = new AbortController();
    this.#running.set(job.id, { job, controller });
    const end: Promise<void> = this.#do(job, controller).finally(() => {
      this.#ends.delete(end);
      this.#wake();
    });
    this.#ends.add(end);
  }

  /** Never rejects. */
  async #do(job: Job, controller: AbortController): Promise<void> {
    const beganMillis = performance.now();
    const outcome = await this.#settle(job, controller);
    const seconds = (performance.now() - beganMillis) / 1000;
    JOB_ENDS.publish({ kind: job.kind, outcome, seconds, isRetry: job.attempt > 0 });
  }

  async #settle(job: Job, controller: AbortController): Promise<JobEnd['outcome']> {
    const { jobs, onFailure, until } = this.#options;
    const isBrokenOff = (): boolean => controller.signal.aborted || this.#options.signal.aborted;
    try {
      await this.#handlers.handle(job, controller.signal);
      if (isBrokenOff()) return 'broken_off';
      this.#running.delete(job.id);
      this.#left.delete(job.id);
      this.#jobsDone += 1;
      return 'done';
    } catch (error) {
      // Given back at the end; or taken by another already.
      if (isBrokenOff()) return 'broken_off';
      if (typeof until === 'object' || (isWinnowError(error) && FATAL.has(error.code))) {
        this.#failure ??= { error };
        return 'failed';
      }
      onFailure(job, error);
      const code = isWinnowError(error) ? error.code : '';
      const isLeft = code === AWAY || LACKING.has(code);
      if (LACKING.has(code)) this.#left.add(job.id);
      const settle = isLeft ? jobs.release([job], LEFT_TO_OTHERS_SECONDS) : jobs.fail(job, String(error));
      await settle.catch(() => undefined);
      // Whoever stops this worker waits for what is under way.
      this.#running.delete(job.id);
      return isLeft ? 'left' : 'failed';
    }
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
    const counts = await jobs.counts();
    if (hasAny(counts)) return this.#left.size > 0 && !(await jobs.hasOthers([...this.#left]));
    this.#left.clear();
    // Where the last job was given up, nobody has had the next step decided; where deciding was, it stays so.
    return counts.advance.dead > 0 || !(await this.#mendCrawls());
  }

  /** Until a job has ended, or it is time to look for new ones. */
  #wait(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        // One process of an embedded database disturbs nobody.
        if (this.#options.database.kind === 'postgres') {
          this.#pollMillis = Math.min(MAX_POLL_MILLIS, 2 * this.#pollMillis);
        }
        resolve();
      }, this.#pollMillis);
      this.#wake = () => {
        clearTimeout(timer);
        this.#pollMillis = POLL_MILLIS;
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
    for (const job of mine) if (!kept.has(job.id)) this.#breakOff(job);
    await heartbeat(db, {
      id: workerId,
      hostname: hostname(),
      pid: process.pid,
      jobsDone: this.#jobsDone,
      imagesDone: this.#handlers.urlsTried,
    });
    HEARTBEATS.publish({ workerId });
    this.#workers = (await readWorkers(db)).length;
    await this.#handlers.projects.keepHosts(this.#workers > 1);
    await this.#mendCrawls();
  }

  /** Has the next step of crawls decided that have no job: the last one was given up. @returns whether there are such */
  async #mendCrawls(): Promise<boolean> {
    const { database, jobs } = this.#options;
    let isAny = false;
    for (const project of await unfinishedCrawls(database.db)) {
      if (project !== (this.#onlyProject() ?? project)) continue;
      if (hasAny(await jobs.counts(project))) continue;
      await jobs.send([advanceJob(project)]);
      isAny = true;
    }
    return isAny;
  }

  /** Somebody else has the job now, or a later try of this worker's own. */
  #breakOff({ id, attempt }: Job): void {
    const running = this.#running.get(id);
    if (running === undefined || running.job.attempt > attempt) return;
    running.controller.abort();
    this.#running.delete(id);
  }
}
