import type { PGlite } from '@electric-sql/pglite';
import { drizzle as drizzlePglite } from 'drizzle-orm/pglite';
import { migrate } from 'drizzle-orm/pglite/migrator';
import { Pool } from 'pg';
import type { DatabaseHandle, ExecuteSql } from '../database';
import { DatabaseSeat } from '../door/database-seat';
import { enterHolders, listHolders } from '../holder-list';
import { seatedDatabase, whileSeated } from '../door/seated-database';
import { lockEmbedded, openCluster } from './embedded-cluster';
import { createPostgres } from './embedded-postgres';
import { embeddedFailure, openFailure } from './embedded-failure';
import { databaseFolder, hasEmbeddedDatabase } from './embedded-state';
import type { LockRetryWindow } from '../wait-for-lock';
import { MIGRATIONS_DIR } from '../database';
import { connectAndMigrate, outliveConnections, POOL_SIZE } from '../connection-pool';
import { DEFAULT_RETRY_WINDOW_MILLIS } from '../open-postgres';
import { retryWindow } from '../retry-window';
import * as schema from '../schema';

export interface OpenEmbeddedOptions extends LockRetryWindow {
  /** Folder `.winnow` of the project. */
  readonly stateDir: string;
  /** What holds the database, for the message of whoever cannot come in. */
  readonly holder: string;
  /** False: where there is no database and nothing else, an empty one in memory is opened and no file is made. */
  readonly create?: boolean | undefined;
  /** True: nobody is let in, where nobody is there; whether that came about, the handle tells. */
  readonly alone?: boolean | undefined;
  /** How long to wait for another holder where the one of before is gone, milliseconds. */
  readonly retryWindowMillis?: number | undefined;
}

/** Of the files of those who are guests at a database, beside its lock. */
const GUESTS = 'db.guest-';
/** A holder that does not answer for so long is one that hangs. */
const CONNECT_TIMEOUT_MILLIS = 60_000;

/**
 * Opens PGlite in `<stateDir>/db`, or joins the process that has it open; when that one ends, this one or another goes on. When it is
 * closed, its rows are copied to a file beside it if any changed: `rescueDatabase` reads that.
 * @throws WinnowError DATABASE_BUSY, DATABASE_DAMAGED, FILE_NOT_WRITABLE, DISK_FULL, RESOURCE_LIMIT
 */
export async function openEmbedded(options: OpenEmbeddedOptions): Promise<DatabaseHandle> {
  const { stateDir, create = true } = options;
  const folder = databaseFolder(stateDir);
  if (!create && !(await exists(stateDir))) return openInMemory();
  const seat = new DatabaseSeat({
    // What opens is brief: whoever comes second waits for its door.
    lock: (isAgain) => lockEmbedded(stateDir, { ...(isAgain ? longer(options) : options), isBrief: true }, join),
    open: () => openCluster(stateDir),
    enterAsGuest: () => enterHolders(stateDir, GUESTS, options.holder),
    hasGuests: async () => (await listHolders(stateDir, GUESTS)).length > 0,
    isBrief: options.isBrief === true,
    wantsAlone: options.alone === true,
  });
  const pool = new Pool({
    user: 'postgres',
    max: POOL_SIZE,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MILLIS,
    // Not what PGSSLMODE asks of servers: a door is a file of this machine.
    ssl: false,
    stream: () => seat.stream(),
  });
  outliveConnections(pool);
  const retryWindowMillis = options.retryWindowMillis ?? DEFAULT_RETRY_WINDOW_MILLIS;
  const patiently = retryWindow({ retryWindowMillis, signal: options.signal });
  const explain = (error: unknown): unknown => embeddedFailure(error, folder) ?? error;
  const handle = seatedDatabase(pool, { seat, patiently, explain });
  try {
    await patiently(() => whileSeated(seat, () => connectAndMigrate(pool)));
    return handle;
  } catch (error) {
    // While the database has its files open: whether they were too many is looked up.
    const failure = openFailure(error, folder);
    await handle.close().catch(() => undefined);
    throw failure;
  }
}

const join = (socket: string): { readonly socket: string } => ({ socket });

const longer = ({
  retryWindowMillis = DEFAULT_RETRY_WINDOW_MILLIS,
  ...options
}: OpenEmbeddedOptions): OpenEmbeddedOptions => ({
  ...options,
  busyMillis: retryWindowMillis,
});

async function exists(stateDir: string): Promise<boolean> {
  return hasEmbeddedDatabase(stateDir).catch((error: unknown) => {
    throw openFailure(error, databaseFolder(stateDir));
  });
}

/** An empty database that leaves no files. */
export async function openInMemory(): Promise<DatabaseHandle> {
  const client = await createPostgres();
  const db = drizzlePglite({ client, schema, casing: 'snake_case' });
  await migrate(db, { migrationsFolder: MIGRATIONS_DIR });
  return { db, kind: 'pglite', isAlone: true, executeSql: pgliteSql(client), close: () => client.close() };
}

/** SQL as it is, on the embedded database. */
function pgliteSql(client: PGlite): ExecuteSql {
  return async (text, values = []) => {
    if (values.length > 0) return client.query(text, [...values]);
    return ((await client.exec(text)).at(-1) ?? { rows: [] }) as { rows: Record<string, unknown>[] };
  };
}
