import { drizzle } from 'drizzle-orm/node-postgres';
import { Pool } from 'pg';
import { parseUrl, WinnowError } from '@winnow/contracts';
import type { DatabaseHandle } from './database';
import { retryWindow } from './retry-window';
import type { RetryWindowOptions } from './retry-window';
import { connectAndMigrate, outliveConnections, POOL_SIZE, poolTransaction } from './connection-pool';
import * as schema from './schema';

const CONNECT_TIMEOUT_MILLIS = 5_000;
const KEEP_ALIVE_MILLIS = 30_000;
/** As Postgres numbers it. */
const INSUFFICIENT_PRIVILEGE = '42501';
/** Long enough for a server that is restarted. */
export const DEFAULT_RETRY_WINDOW_MILLIS = 30_000;

export interface OpenPostgresOptions extends Partial<Omit<RetryWindowOptions, 'unansweredMillis'>> {
  /**
   * How long to wait for a server that cannot be reached from the beginning, milliseconds; default: not at all. One that
   * says that it is starting is waited for as one that goes away later.
   */
  readonly startMillis?: number | undefined;
  /** At most; default 8. A server has some hundred for all. */
  readonly connections?: number | undefined;
}

/** Connects to a Postgres server. @throws WinnowError DATABASE_UNREACHABLE */
export async function openPostgres(url: string, options: OpenPostgresOptions = {}): Promise<DatabaseHandle> {
  const where = describeServer(url);
  const waiting = { retryWindowMillis: DEFAULT_RETRY_WINDOW_MILLIS, ...options };
  const patiently = retryWindow(waiting);
  const waitsAtStart = retryWindow({ ...waiting, unansweredMillis: options.startMillis });
  const pool = new Pool({
    connectionString: url,
    max: options.connections ?? POOL_SIZE,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MILLIS,
    // A machine that slept may hold connections that are gone elsewhere: without it an answer is waited for without end.
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_MILLIS,
  });
  outliveConnections(pool);
  try {
    const begin = () => connectAndMigrate(pool);
    await (options.startMillis === undefined ? begin() : waitsAtStart(begin));
  } catch (error) {
    await pool.end();
    const { reason, isForbidden } = describeFailure(error);
    throw new WinnowError('DATABASE_UNREACHABLE', `The database cannot be used: ${reason}`, {
      where: `DATABASE_URL, ${where}`,
      next: isForbidden
        ? 'Make the user the owner of the database, so that winnow can make its tables, or name another in DATABASE_URL.'
        : 'Start the server, correct DATABASE_URL, or unset it to use the embedded database.',
      cause: error,
    });
  }
  waitForServer(pool, patiently);
  const db = drizzle({ client: pool, schema, casing: 'snake_case' });
  // A connection lost within a transaction means that all of it is to be done again.
  db.transaction = (work, config) => patiently(() => poolTransaction(pool, work as never, config)) as never;
  return {
    db,
    kind: 'postgres',
    isAlone: false,
    executeSql: (text, values) => (values === undefined ? pool.query(text) : pool.query(text, [...values])),
    connections: () => ({
      idle: pool.idleCount,
      busy: pool.totalCount - pool.idleCount,
      waiting: pool.waitingCount,
    }),
    close: () => pool.end(),
  };
}

/** Drizzle's errors name the statement; what the server said of it is their cause. */
function describeFailure(error: unknown): { readonly reason: string; readonly isForbidden: boolean } {
  let inner = error;
  while (inner instanceof Error && inner.cause instanceof Error) inner = inner.cause;
  const { code } = inner as { readonly code?: string };
  const reason = inner instanceof Error && inner.message !== '' ? inner.message : String(code ?? inner);
  return { reason, isForbidden: code === INSUFFICIENT_PRIVILEGE };
}

/** Lets a pool's queries and connections wait for a server that is away. */
function waitForServer(pool: Pool, patiently: <T>(task: () => Promise<T>) => Promise<T>): void {
  const connect = pool.connect.bind(pool);
  const query = pool.query.bind(pool) as (...args: unknown[]) => Promise<unknown>;
  pool.connect = ((callback?: Parameters<Pool['connect']>[0]) =>
    callback === undefined ? patiently(() => connect()) : connect(callback)) as Pool['connect'];
  pool.query = ((...args: unknown[]) => patiently(() => query(...args))) as Pool['query'];
}

/** Host and port without the password. @throws WinnowError CONFIG_INVALID */
function describeServer(url: string): string {
  const parsed = parseUrl(url);
  // Whatever stood before a colon would be taken for a scheme, and the server for one of this machine.
  if (parsed !== undefined && SCHEMES.has(parsed.protocol)) {
    return `${parsed.hostname || 'local socket'}:${parsed.port || '5432'}`;
  }
  throw new WinnowError('CONFIG_INVALID', 'DATABASE_URL is no address of a Postgres server', {
    where: 'environment variable DATABASE_URL',
    next: 'Use the form postgres://user:password@host:5432/database, or unset it.',
  });
}

const SCHEMES: ReadonlySet<string> = new Set(['postgres:', 'postgresql:', 'socket:']);
