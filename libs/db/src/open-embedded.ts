import { mkdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { drizzle } from 'drizzle-orm/pglite';
import { migrate } from 'drizzle-orm/pglite/migrator';
import { isWinnowError, WinnowError } from '@winnow/contracts';
import type { DatabaseHandle, ExecuteSql } from './database';
import { embeddedFailure, openFailure } from './embedded-failure';
import { databaseFolder, hasEmbeddedDatabase } from './embedded-state';
import { waitForLock } from './wait-for-lock';
import type { LockRetryWindow } from './wait-for-lock';
import { MIGRATIONS_DIR } from './database';
import { requireReadableTables } from './readable-tables';
import { writeTableCopy } from './table-copy';
import * as schema from './schema';

export interface OpenEmbeddedOptions extends LockRetryWindow {
  /** Folder `.winnow` of the project. */
  readonly stateDir: string;
  /** What holds the database, for the message that a second command gets. */
  readonly holder: string;
  /** False: where there is no database and nothing else, an empty one in memory is opened and no file is made. */
  readonly create?: boolean | undefined;
}

/**
 * Opens PGlite in `<stateDir>/db`; one process at a time. When it is closed, its rows are copied to a file beside it if
 * any changed: `rescueDatabase` reads that.
 * @throws WinnowError DATABASE_BUSY, DATABASE_DAMAGED, FILE_NOT_WRITABLE, DISK_FULL, RESOURCE_LIMIT
 */
export async function openEmbedded(options: OpenEmbeddedOptions): Promise<DatabaseHandle> {
  const { stateDir, holder, create = true } = options;
  const folder = databaseFolder(stateDir);
  if (!create && !(await exists(stateDir))) return openInMemory();
  const release = await lockEmbedded(stateDir, holder, options);
  try {
    if (!(await hasEmbeddedDatabase(stateDir))) await createCluster(folder);
    return await openCluster(stateDir, release);
  } catch (error) {
    await release();
    throw openFailure(error, folder);
  }
}

async function exists(stateDir: string): Promise<boolean> {
  return hasEmbeddedDatabase(stateDir).catch((error: unknown) => {
    throw openFailure(error, databaseFolder(stateDir));
  });
}

/** An empty database that leaves no files. */
export async function openInMemory(): Promise<DatabaseHandle> {
  const client = await PGlite.create();
  const db = drizzle({ client, schema, casing: 'snake_case' });
  await migrate(db, { migrationsFolder: MIGRATIONS_DIR });
  return { db, kind: 'pglite', executeSql: pgliteSql(client), close: () => client.close() };
}

/** Takes the database of a folder for this process. @returns gives it back */
export async function lockEmbedded(
  stateDir: string,
  holder: string,
  retryWindow: LockRetryWindow = {},
): Promise<() => Promise<void>> {
  const lockPath = path.join(stateDir, 'db.lock');
  try {
    await mkdir(stateDir, { recursive: true });
  } catch (error) {
    throw openFailure(error, stateDir);
  }
  try {
    return await waitForLock(lockPath, holder, retryWindow);
  } catch (error) {
    throw error instanceof WinnowError ? error : openFailure(error, lockPath);
  }
}

/** SQL as it is, on the embedded database. */
function pgliteSql(client: PGlite): ExecuteSql {
  return async (text, values = []) => {
    if (values.length > 0) return client.query(text, [...values]);
    return ((await client.exec(text)).at(-1) ?? { rows: [] }) as { rows: Record<string, unknown>[] };
  };
}

/** Makes an empty database that has its name only once it is whole: a killed process leaves none by halves. */
async function createCluster(folder: string): Promise<void> {
  const draft = `${folder}.new`;
  await rm(draft, { recursive: true, force: true });
  await (await PGlite.create({ dataDir: draft })).close();
  // An empty folder of this name may be there.
  await rename(draft, folder);
}

async function openCluster(stateDir: string, release: () => Promise<void>): Promise<DatabaseHandle> {
  const folder = databaseFolder(stateDir);
  const client = explainFailures(await PGlite.create({ dataDir: folder }), folder);
  try {
    const db = drizzle({ client, schema, casing: 'snake_case' });
    await migrate(db, { migrationsFolder: MIGRATIONS_DIR });
    await requireReadableTables(client);
    const before = await nextTransaction(client);
    return {
      db,
      kind: 'pglite',
      executeSql: pgliteSql(client),
      async close() {
        try {
          if ((await nextTransaction(client)) !== before) await copyTables(client, stateDir);
        } finally {
          await client.close().finally(release);
        }
      },
    };
  } catch (error) {
    await client.close().catch(() => undefined);
    throw error;
  }
}

/** A disk that has no room for the copy must not fail a command whose rows are stored: the copy of before stays. */
async function copyTables(client: PGlite, stateDir: string): Promise<void> {
  await writeTableCopy(client, stateDir).catch((error: unknown) => {
    if (isWinnowError(error) && error.code === 'DATABASE_DAMAGED') throw error;
  });
}

/** Grows with every transaction that writes. */
async function nextTransaction(client: PGlite): Promise<string> {
  const { rows } = await client.query<{ id: string }>('select pg_snapshot_xmax(pg_current_snapshot())::text as id');
  return rows[0]?.id ?? '';
}

/** Queries that fail because of damaged files, or of a limit of the machine, say so. */
function explainFailures(client: PGlite, folder: string): PGlite {
  const explained =
    <A extends unknown[], R>(method: (...args: A) => Promise<R>) =>
    (...args: A): Promise<R> =>
      method.apply(client, args).catch((error: unknown) => {
        throw embeddedFailure(error, folder) ?? error;
      });
  client.query = explained(client.query.bind(client)) as PGlite['query'];
  client.exec = explained(client.exec.bind(client));
  client.transaction = explained(client.transaction.bind(client)) as PGlite['transaction'];
  return client;
}
