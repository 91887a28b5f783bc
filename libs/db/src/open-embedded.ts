import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { drizzle } from 'drizzle-orm/pglite';
import { migrate } from 'drizzle-orm/pglite/migrator';
import { WinnowError } from '@winnow/contracts';
import type { DatabaseHandle } from './database';
import { acquireLock } from './holder-lock';
import { MIGRATIONS_DIR } from './open-database';
import * as schema from './schema';

/**
 * Opens PGlite in `<stateDir>/db`; one process at a time.
 * @throws WinnowError DATABASE_BUSY, FILE_NOT_WRITABLE, DISK_FULL
 */
export async function openEmbedded(stateDir: string, holder: string): Promise<DatabaseHandle> {
  const directory = path.join(stateDir, 'db');
  await prepareFolder(stateDir);
  const release = await acquireLock(path.join(stateDir, 'db.lock'), holder);
  try {
    const client = await PGlite.create({ dataDir: directory });
    const db = drizzle({ client, schema, casing: 'snake_case' });
    await migrate(db, { migrationsFolder: MIGRATIONS_DIR });
    return {
      db,
      kind: 'pglite',
      async close() {
        await client.close();
        await release();
      },
    };
  } catch (error) {
    await release();
    throw openFailure(error, directory);
  }
}

async function prepareFolder(stateDir: string): Promise<void> {
  try {
    await mkdir(stateDir, { recursive: true });
  } catch (error) {
    throw openFailure(error, stateDir);
  }
}

/** PGlite's file system throws bare objects with WASI error numbers. */
const WASI_ERRORS: Readonly<Record<string, string>> = { 2: 'EACCES', 51: 'ENOSPC', 63: 'EPERM', 69: 'EROFS' };

function openFailure(error: unknown, directory: string): unknown {
  const code = (error as NodeJS.ErrnoException).code ?? WASI_ERRORS[String((error as { errno?: number }).errno)];
  const text = String(error);
  if (code === 'ENOSPC' || text.includes('No space left')) {
    return new WinnowError('DISK_FULL', 'No space is left for the database', {
      where: directory,
      next: 'Free some space and run the command again; nothing that was stored is lost.',
      cause: error,
    });
  }
  if (code === 'EACCES' || code === 'EROFS' || code === 'EPERM' || text.includes('Permission denied')) {
    return new WinnowError('FILE_NOT_WRITABLE', 'The folder cannot be written', {
      where: directory,
      next: 'Change its permissions, or put the project file into a folder that you may write.',
      cause: error,
    });
  }
  return error;
}
