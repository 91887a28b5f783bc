import { mkdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import type { PGlite } from '@electric-sql/pglite';
import { isWinnowError, WinnowError } from '@winnow/contracts';
import { PREPARE_MARKS } from '../door/commit-marks';
import type { OpenedCluster } from '../door/database-seat';
import { createPostgres } from './embedded-postgres';
import { openFailure } from './embedded-failure';
import { databaseFolder, hasEmbeddedDatabase } from './embedded-state';
import type { HeldLock } from '../holder-lock';
import { requireReadableTables } from './readable-tables';
import { writeTableCopy } from './table-copy';
import { waitForLock } from '../wait-for-lock';
import type { LockRetryWindow } from '../wait-for-lock';

/**
 * Takes the files of an embedded database for this process.
 * @param join as waitForLock
 * @throws WinnowError DATABASE_BUSY, FILE_NOT_WRITABLE, DISK_FULL
 */
export async function lockEmbedded<T = never>(
  stateDir: string,
  { holder, ...window }: LockRetryWindow & { readonly holder: string },
  join?: (socket: string) => T | undefined,
): Promise<HeldLock | T> {
  const lockPath = path.join(stateDir, 'db.lock');
  try {
    await mkdir(stateDir, { recursive: true });
  } catch (error) {
    throw openFailure(error, stateDir);
  }
  try {
    return await waitForLock(lockPath, { ...window, command: holder }, join);
  } catch (error) {
    throw error instanceof WinnowError ? error : openFailure(error, lockPath);
  }
}

/** Opens the database of a folder whose lock is held; makes an empty one where there is none. */
export async function openCluster(stateDir: string): Promise<OpenedCluster> {
  const folder = databaseFolder(stateDir);
  if (!(await hasEmbeddedDatabase(stateDir))) await createCluster(folder);
  const client = await createPostgres({ dataDir: folder });
  try {
    await requireReadableTables(client);
    await client.exec(PREPARE_MARKS);
    const before = await nextTransaction(client);
    return {
      client,
      async close() {
        try {
          if ((await nextTransaction(client)) !== before) await copyTables(client, stateDir);
        } finally {
          await client.close();
        }
      },
    };
  } catch (error) {
    // While the database has its files open: whether they were too many is looked up.
    const failure = openFailure(error, folder);
    await client.close().catch(() => undefined);
    throw failure;
  }
}

/** Makes an empty database that has its name only once it is whole: a killed process leaves none by halves. */
async function createCluster(folder: string): Promise<void> {
  const draft = `${folder}.new`;
  await rm(draft, { recursive: true, force: true });
  await (await createPostgres({ dataDir: draft })).close();
  // An empty folder of this name may be there.
  await rename(draft, folder);
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
