import { setTimeout as delay } from 'node:timers/promises';
import PgBoss from 'pg-boss';
import { sql } from 'drizzle-orm';
import type { Database, DatabaseHandle, ExecuteSql } from '../database';
import { JOB_KINDS } from './job-kinds';
import type { GivenUp, Job, JobCounts, JobData, JobKind, NewJob } from './job-kinds';
import {
  ANY_OTHER,
  CLAIM,
  COMPLETE,
  COUNT,
  DISCARD,
  GIVEN_UP,
  HAS_JOBS,
  KEEP_ALIVE,
  LOCK_SETUP,
  MAKE_QUEUE,
  RELEASE,
  RELEASE_ALL,
} from './pg-boss-sql';

const DEAD = 'winnow-dead';
/** A worker that has not been heard of for this long is taken for dead, and its jobs go to others. */
const JOB_EXPIRY_SECONDS = 30;
/** How often workers must say that they are still at it. */
export const HEARTBEAT_MILLIS = 5000;
/** A killed worker counts as a try, and killing one must not lose work. */
const RETRY_LIMIT = 25;
const MAINTENANCE_SECONDS = 5;
const START_ATTEMPTS = 8;
const START_WAIT_MILLIS = 100;
/** Any number, the same in every process: two workers starting at once must not both make the queues. */
const SETUP_LOCK = 7_296_115;

/**
 * Jobs in the project's own database, by pg-boss; where its interface does not do, by `pg-boss-sql.ts`. What a job achieves is stored under unique keys, so doing one twice
 * does no harm; and a job ends in the same transaction in which what follows from it is sent.
 */
export class JobQueue {
  readonly #boss: PgBoss;
  readonly #executeSql: ExecuteSql;

  private constructor(boss: PgBoss, executeSql: ExecuteSql) {
    this.#boss = boss;
    this.#executeSql = executeSql;
  }

  /** Opens the queues, and makes them in a new database. */
  static async open({ executeSql, db, kind }: DatabaseHandle): Promise<JobQueue> {
    const boss = new PgBoss({
      db: { executeSql: (text, values) => executeSql(text, values) },
      schedule: false,
      maintenanceIntervalSeconds: MAINTENANCE_SECONDS,
      archiveCompletedAfterSeconds: 600,
      archiveFailedAfterSeconds: 30 * 24 * 3600,
    });
    // Maintenance that fails is tried again at its next turn.
    boss.on('error', () => undefined);
    await startBoss(boss);
    const queue = new JobQueue(boss, executeSql);
    await queue.#makeQueues(db, kind);
    return queue;
  }

  /** Sends jobs; within `tx`, they are there once it is committed. */
  async send(jobs: readonly NewJob[], tx?: Database): Promise<void> {
    if (jobs.length === 0) return;
    await this.#boss.insert(
      jobs.map(({ kind, data, key }) => ({ name: queueOf(kind), data, singletonKey: key })),
      tx === undefined ? {} : { db: bossDb(transactionSql(tx)) },
    );
  }

  /** Takes up to `count` jobs of a kind, the oldest first. @param project of this one only */
  async claim(kind: JobKind, count: number, project?: string): Promise<readonly Job[]> {
    const queue = queueOf(kind);
    const { rows } = await this.#executeSql(CLAIM, [queue, project ?? null, project ?? null, count, queue]);
    return rows.map((row) => ({
      id: String(row['id']),
      kind,
      data: row['data'] as JobData,
      attempt: Number(row['retry_count']),
    }));
  }

  /**
   * Ends a job; within `tx` together with what it has led to.
   * @returns false where another worker has the job by now: then nothing has changed
   */
  async complete(job: Job, tx?: Database): Promise<boolean> {
    const { rows } = await this.#sqlIn(tx)(COMPLETE, [queueOf(job.kind), job.id, job.attempt]);
    return rows.length > 0;
  }

  /** Lets a job be tried again later, or be given up after many tries. */
  async fail(job: Job, reason: string): Promise<void> {
    if ((await this.keepAlive([job])).size === 0) return;
    await this.#boss.fail(queueOf(job.kind), job.id, { message: reason });
  }

  /** Gives jobs back that were begun and not ended. @param delaySeconds until when nobody takes them */
  async release(jobs: readonly Job[], delaySeconds = 0): Promise<void> {
    if (jobs.length === 0) return;
    await this.#executeSql(RELEASE, [delaySeconds, ...idsAndAttempts(jobs)]);
  }

  /** Gives back whatever is marked as under way: for a database that only this process uses. */
  async releaseAll(): Promise<void> {
    await this.#executeSql(RELEASE_ALL);
  }

  /** Lets jobs of workers that have not been heard of go to others; happens by itself every few seconds. */
  async expire(): Promise<void> {
    await this.#boss.expire();
  }

  /** Says that these jobs are still being worked on. @returns ids of those that no other worker has taken meanwhile */
  async keepAlive(jobs: readonly Job[]): Promise<ReadonlySet<string>> {
    if (jobs.length === 0) return new Set();
    const { rows } = await this.#executeSql(KEEP_ALIVE, idsAndAttempts(jobs));
    return new Set(rows.map(({ id }) => String(id)));
  }

  /** Jobs by kind: of one project, or of all. @param tx to see what a transaction has changed */
  async counts(project?: string, tx?: Database): Promise<Readonly<Record<JobKind, JobCounts>>> {
    return countQueued(this.#sqlIn(tx), project);
  }

  /** Whether any job is under way, or waits and is none of these. */
  async hasOthers(ids: readonly string[]): Promise<boolean> {
    const { rows } = await this.#executeSql(ANY_OTHER, [JOB_KINDS.map(queueOf), ids]);
    return rows[0]?.['isAny'] === true;
  }

  /** What the project's jobs that were given up were about. */
  async givenUp(project: string, tx?: Database): Promise<GivenUp> {
    const { rows } = await this.#sqlIn(tx)(GIVEN_UP, [[queueOf('list'), queueOf('fetch')], project]);
    const data = rows.map((row) => row['data'] as JobData);
    return {
      hosts: new Set(data.flatMap(({ hosts }) => hosts ?? [])),
      classes: new Set(data.flatMap(({ className }) => className ?? [])),
    };
  }

  /** Takes back what waits, and forgets what was given up. */
  async discard(project: string, kinds: readonly JobKind[], tx?: Database): Promise<void> {
    await this.#sqlIn(tx)(DISCARD, [[DEAD, ...kinds.map(queueOf)], project]);
  }

  /** Ends maintenance; the database stays open. */
  async close(): Promise<void> {
    await this.#boss.stop({ graceful: false, close: false });
  }

  #sqlIn(tx: Database | undefined): ExecuteSql {
    return tx === undefined ? this.#executeSql : transactionSql(tx);
  }

  async #makeQueues(db: Database, kind: DatabaseHandle['kind']): Promise<void> {
    const known = new Set((await this.#boss.getQueues()).map(({ name }) => name));
    const wanted = [DEAD, ...JOB_KINDS.map(queueOf)].filter((name) => !known.has(name));
    if (wanted.length === 0) return;
    await db.transaction(async (tx) => {
      const execute = transactionSql(tx);
      if (kind === 'postgres') await execute(LOCK_SETUP, [SETUP_LOCK]);
      for (const name of wanted) {
        const options = {
          policy: name === DEAD ? 'standard' : 'short',
          retryLimit: RETRY_LIMIT,
          retryDelay: 1,
          retryBackoff: false,
          expireInSeconds: JOB_EXPIRY_SECONDS,
          retentionMinutes: 60 * 24 * 365,
          ...(name === DEAD ? {} : { deadLetter: DEAD }),
        };
        await execute(MAKE_QUEUE, [name, JSON.stringify(options)]);
      }
    });
  }
}

/** Processes that start at once on a new database make the same schema: all but one of them fail, and find it made. */
async function startBoss(boss: PgBoss): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await boss.start();
      return;
    } catch (error) {
      if (attempt === START_ATTEMPTS || !/already exists|duplicate key/.test(String(error))) throw error;
      await delay(START_WAIT_MILLIS * attempt);
    }
  }
}

/** As pg-boss wants it. */
function bossDb(execute: ExecuteSql): PgBoss.Db {
  return { executeSql: async (text, values) => ({ rows: [...(await execute(text, values)).rows] }) };
}

/** Jobs by kind, of one project or of all; none where no crawl has ever been begun. */
export async function countJobs(execute: ExecuteSql, project?: string): Promise<Readonly<Record<JobKind, JobCounts>>> {
  const { rows } = await execute(HAS_JOBS);
  return rows[0]?.['present'] === true ? countQueued(execute, project) : countsIn([]);
}

/** Of queues that are there. */
async function countQueued(execute: ExecuteSql, project?: string): Promise<Readonly<Record<JobKind, JobCounts>>> {
  return countsIn((await execute(COUNT, [JOB_KINDS.map(queueOf), project ?? null, project ?? null])).rows);
}

function countsIn(rows: readonly Record<string, unknown>[]): Readonly<Record<JobKind, JobCounts>> {
  const count = (kind: JobKind, ...states: readonly string[]): number =>
    rows
      .filter(({ name, state }) => name === queueOf(kind) && states.includes(String(state)))
      .reduce((sum, { jobs }) => sum + Number(jobs), 0);
  const countsOf = (kind: JobKind): JobCounts => ({
    queued: count(kind, 'created', 'retry'),
    running: count(kind, 'active'),
    dead: count(kind, 'failed'),
  });
  return { list: countsOf('list'), fetch: countsOf('fetch'), advance: countsOf('advance') };
}

/** Name of a kind's queue. */
function queueOf(kind: JobKind): string {
  return `winnow-${kind}`;
}

function idsAndAttempts(jobs: readonly Job[]): readonly [readonly string[], readonly number[]] {
  return [jobs.map(({ id }) => id), jobs.map(({ attempt }) => attempt)];
}

/** Lets SQL with numbered parameters run within a transaction of ours. */
function transactionSql(tx: Database): ExecuteSql {
  return async (text, values = []) => {
    const parts = text.split(/\$(\d+)/);
    const query = sql.join(
      parts.map((part, index) => (index % 2 === 0 ? sql.raw(part) : sql.param(values[Number(part) - 1]))),
    );
    return (await tx.execute(query)) as unknown as { rows: Record<string, unknown>[] };
  };
}
