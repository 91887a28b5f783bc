import PgBoss from 'pg-boss';
import type { Database, DatabaseHandle, ExecuteSql } from '../database';
import { isConnectionTrouble } from '../connection-trouble';
import { countJobs, queueOf } from './job-counts';
import { JOB_KINDS } from './job-kinds';
import type { GivenUp, Job, JobCounts, JobData, JobKind, NewJob } from './job-kinds';
import { transactionSql } from './job-sql';

const DEAD = 'winnow-dead';
/** A worker that has not been heard of for this long is taken for dead, and its jobs go to others. */
export const JOB_EXPIRY_SECONDS = 30;
/** How often workers must say that they are still at it. */
export const HEARTBEAT_MILLIS = 5000;
/** A killed worker counts as a try, and killing one must not lose work. */
const RETRY_LIMIT = 25;
const MAINTENANCE_SECONDS = 5;
/** Any number, the same in every process: two workers starting at once must not both make the queues. */
const SETUP_LOCK = 7_296_115;

/**
 * Jobs in the project's own database, by pg-boss. What a job achieves is stored under unique keys, so doing one twice
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
    await boss.start();
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

  /** Takes up to `count` jobs of a kind. @throws errors of the database */
  async claim(kind: JobKind, count: number): Promise<readonly Job[]> {
    let failure: { readonly error: unknown } | undefined;
    const rows = await this.#boss.fetch<JobData>(queueOf(kind), {
      batchSize: count,
      db: {
        executeSql: async (text, values) => {
          try {
            return await this.#executeSql(text, values);
          } catch (error) {
            // pg-boss says nothing of errors here.
            failure = { error };
            throw error;
          }
        },
      },
    });
    if (failure !== undefined && isConnectionTrouble(failure.error)) throw failure.error;
    return (rows ?? []).map(({ id, data }) => ({ id, kind, data }));
  }

  /** Ends a job; within `tx` together with what it has led to. */
  async complete(job: Job, tx?: Database): Promise<void> {
    await this.#boss.complete(
      queueOf(job.kind),
      job.id,
      {},
      tx === undefined ? {} : { db: bossDb(transactionSql(tx)) },
    );
  }

  /** Lets a job be tried again later, or be given up after many tries. */
  async fail(job: Job, reason: string): Promise<void> {
    await this.#boss.fail(queueOf(job.kind), job.id, { message: reason });
  }

  /** Gives jobs back that were begun and not ended: others may take them at once. */
  async release(ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    await this.#executeSql(
      `update pgboss.job set state = 'retry', started_on = null, start_after = now()
       where id = any($1::uuid[]) and state = 'active'`,
      [ids],
    );
  }

  /** Gives back whatever is marked as under way: for a database that only this process uses. */
  async releaseAll(): Promise<void> {
    await this.#executeSql(
      `update pgboss.job set state = 'retry', started_on = null, start_after = now()
       where state = 'active' and name like 'winnow-%'`,
    );
  }

  /** Lets jobs of workers that have not been heard of go to others; happens by itself every few seconds. */
  async expire(): Promise<void> {
    await (this.#boss as unknown as { expire(): Promise<void> }).expire();
  }

  /** Says that these jobs are still being worked on. @returns those that have not been given to others meanwhile */
  async keepAlive(ids: readonly string[]): Promise<ReadonlySet<string>> {
    if (ids.length === 0) return new Set();
    const { rows } = await this.#executeSql(
      `update pgboss.job set started_on = now() where id = any($1::uuid[]) and state = 'active' returning id`,
      [ids],
    );
    return new Set(rows.map(({ id }) => String(id)));
  }

  /** Jobs by kind: of one project, or of all. @param tx to see what a transaction has changed */
  async counts(project?: string, tx?: Database): Promise<Readonly<Record<JobKind, JobCounts>>> {
    return countJobs(tx === undefined ? this.#executeSql : transactionSql(tx), project);
  }

  /** What the project's jobs that were given up were about. */
  async givenUp(project: string, tx?: Database): Promise<GivenUp> {
    const execute = tx === undefined ? this.#executeSql : transactionSql(tx);
    const { rows } = await execute(
      `select data from pgboss.job where name = any($1::text[]) and state = 'failed' and data->>'project' = $2`,
      [[queueOf('list'), queueOf('fetch')], project],
    );
    const data = rows.map((row) => row['data'] as JobData);
    return {
      hosts: new Set(data.flatMap(({ hosts }) => hosts ?? [])),
      classes: new Set(data.flatMap(({ className }) => className ?? [])),
    };
  }

  /** Takes back what waits, and forgets what was given up. */
  async discard(project: string, kinds: readonly JobKind[]): Promise<void> {
    await this.#executeSql(
      `delete from pgboss.job where name = any($1::text[]) and data->>'project' = $2
       and state in ('created', 'retry', 'failed')`,
      [[DEAD, ...kinds.map(queueOf)], project],
    );
  }

  /** Ends maintenance; the database stays open. */
  async close(): Promise<void> {
    await this.#boss.stop({ graceful: false, close: false });
  }

  async #makeQueues(db: Database, kind: DatabaseHandle['kind']): Promise<void> {
    const known = new Set((await this.#boss.getQueues()).map(({ name }) => name));
    const wanted = [DEAD, ...JOB_KINDS.map(queueOf)].filter((name) => !known.has(name));
    if (wanted.length === 0) return;
    await db.transaction(async (tx) => {
      const execute = transactionSql(tx);
      if (kind === 'postgres') await execute('select pg_advisory_xact_lock($1::bigint)', [SETUP_LOCK]);
      for (const name of wanted) {
        const { rows } = await execute('select name from pgboss.queue where name = $1', [name]);
        if (rows.length > 0) continue;
        const options = {
          policy: name === DEAD ? 'standard' : 'short',
          retryLimit: RETRY_LIMIT,
          retryDelay: 1,
          retryBackoff: false,
          expireInSeconds: JOB_EXPIRY_SECONDS,
          retentionMinutes: 60 * 24 * 365,
          ...(name === DEAD ? {} : { deadLetter: DEAD }),
        };
        await execute('select pgboss.create_queue($1, $2::json)', [name, JSON.stringify(options)]);
      }
    });
  }
}

/** As pg-boss wants it. */
function bossDb(execute: ExecuteSql): PgBoss.Db {
  return { executeSql: async (text, values) => ({ rows: [...(await execute(text, values)).rows] }) };
}
