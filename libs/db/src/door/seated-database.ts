import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/node-postgres';
import type { Pool, QueryResult } from 'pg';
import { poolTransaction } from '../connection-pool';
import { isConnectionTrouble } from '../connection-trouble';
import type { DatabaseHandle } from '../database';
import * as schema from '../schema';
import { hasMark, setMark } from './commit-marks';
import type { DatabaseSeat } from './database-seat';

type Repeat = <T>(task: () => Promise<T>) => Promise<T>;

export interface SeatedDatabaseOptions {
  readonly seat: DatabaseSeat;
  /** Repeats a task while there is no holder. */
  readonly patiently: Repeat;
  /** What an error of a query comes to for a person. */
  readonly explain: (error: unknown) => unknown;
}

/** To be called when nothing is left of a transaction but its commit. */
type BeforeCommit<T> = (result: T, run: (statements: string) => Promise<unknown>) => Promise<void>;

/** Reads, statements that cannot be within a transaction, and scripts of several statements. */
const REPEATABLE = /^\s*(?:select|show|explain|begin|vacuum)\b|;\s*\S/i;

/**
 * Queries of a process at an embedded database, whoever holds it. What a guest had under way when its holder ended is repeated: reads
 * in any case; a transaction, and a single statement that writes, only where its mark is not among those that were committed. Scripts
 * (several statements in one text) must come to the same when they are done twice.
 */
export function seatedDatabase(pool: Pool, options: SeatedDatabaseOptions): DatabaseHandle {
  const { seat, patiently, explain } = options;
  const repeatedly: Repeat = (task) =>
    patiently(() => whileSeated(seat, task)).catch((error: unknown) => {
      throw explain(error);
    });
  const query = pool.query.bind(pool) as (...args: readonly unknown[]) => Promise<QueryResult>;
  let known: readonly string[] = [];

  /** @param plain what a holder does: nothing ends it but itself */
  const once = <T>(plain: () => Promise<T>, marked: (beforeCommit: BeforeCommit<T>) => Promise<T>): Promise<T> => {
    const id = randomUUID();
    let sent: { readonly result: T } | undefined;
    return repeatedly(async () => {
      const { isGuest } = seat;
      if (sent === undefined || (await query(hasMark(id))).rows.length === 0) {
        sent = undefined;
        if (!isGuest) return plain();
        const forgotten = known;
        known = [];
        await marked(async (result, run) => {
          // Whether it comes to a commit, the mark tells.
          sent = { result };
          await run(setMark(id, forgotten));
        });
      }
      known = [...known, id];
      return (sent as unknown as { readonly result: T }).result;
    });
  };

  pool.query = ((...args: readonly unknown[]) => {
    const plain = (): Promise<QueryResult> => query(...args);
    if (isRepeatable(args)) return repeatedly(plain);
    return once(plain, (beforeCommit) => inTransaction(pool, args, beforeCommit));
  }) as Pool['query'];

  const db = drizzle({ client: pool, schema, casing: 'snake_case' });
  db.transaction = (work, config) => {
    const plain = () => poolTransaction(pool, work as never, config) as ReturnType<typeof work>;
    if (config?.accessMode === 'read only') return repeatedly(plain);
    return once(plain, (beforeCommit) =>
      poolTransaction(
        pool,
        async (tx) => {
          const result = await work(tx as never);
          await beforeCommit(result, (statement) => tx.execute(sql.raw(statement)));
          return result;
        },
        config,
      ),
    );
  };
  return {
    db,
    kind: 'pglite',
    get isAlone() {
      return seat.isAlone;
    },
    executeSql: (text, values) => (values === undefined ? pool.query(text) : pool.query(text, [...values])),
    close: () => pool.end().finally(() => seat.leave()),
  };
}

/** Does a task from a place at the database; one from which the holder cannot be reached any more is lost. */
export async function whileSeated<T>(seat: DatabaseSeat, task: () => Promise<T>): Promise<T> {
  await seat.take();
  try {
    return await task();
  } catch (error) {
    if (isConnectionTrouble(error)) seat.lose();
    throw error;
  }
}

function isRepeatable([what]: readonly unknown[]): boolean {
  return REPEATABLE.test(typeof what === 'string' ? what : (what as { readonly text: string }).text);
}

/** A statement in a transaction of its own. */
async function inTransaction(
  pool: Pool,
  args: readonly unknown[],
  beforeCommit: BeforeCommit<QueryResult>,
): Promise<QueryResult> {
  const client = await pool.connect();
  let failure: Error | undefined;
  try {
    await client.query('begin');
    const result = await (client.query as (...all: readonly unknown[]) => Promise<QueryResult>)(...args);
    await beforeCommit(result, (statement) => client.query(`${statement}; commit`));
    return result;
  } catch (error) {
    failure = error as Error;
    await client.query('rollback').catch(() => undefined);
    throw error;
  } finally {
    client.release(isConnectionTrouble(failure) ? failure : undefined);
  }
}
