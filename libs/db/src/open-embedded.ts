import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { isNativeError } from 'node:util/types';
import { PGlite } from '@electric-sql/pglite';
import { drizzle } from 'drizzle-orm/pglite';
import { migrate } from 'drizzle-orm/pglite/migrator';
import { WinnowError } from '@winnow/contracts';
import type { DatabaseHandle, ExecuteSql } from './database';
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
  const release = await takeLock(path.join(stateDir, 'db.lock'), holder);
  try {
    const client = await PGlite.create({ dataDir: directory });
    const db = drizzle({ client, schema, casing: 'snake_case' });
    await migrate(db, { migrationsFolder: MIGRATIONS_DIR });
    return {
      db,
      kind: 'pglite',
      executeSql: pgliteSql(client),
      async close() {
        try {
          await client.close();
        } finally {
          await release();
        }
      },
    };
  } catch (error) {
    await release();
    throw openFailure(error, directory);
  }
}

/** SQL as it is, on the embedded database. */
export function pgliteSql(client: PGlite): ExecuteSql {
  return async (text, values = []) => {
    if (values.length > 0) return client.query(text, [...values]);
    return ((await client.exec(text)).at(-1) ?? { rows: [] }) as { rows: Record<string, unknown>[] };
  };
}

async function prepareFolder(stateDir: string): Promise<void> {
  try {
    await mkdir(stateDir, { recursive: true });
  } catch (error) {
    throw openFailure(error, stateDir);
  }
}

async function takeLock(lockPath: string, holder: string): Promise<() => Promise<void>> {
  try {
    return await acquireLock(lockPath, holder);
  } catch (error) {
    throw error instanceof WinnowError ? error : openFailure(error, lockPath);
  }
}

/** PGlite's file system throws bare objects with WASI error numbers. */
const WASI_ERRORS: Readonly<Record<string, string>> = {
  2: 'EACCES',
  19: 'EDQUOT',
  20: 'EEXIST',
  31: 'EISDIR',
  51: 'ENOSPC',
  54: 'ENOTDIR',
  63: 'EPERM',
  69: 'EROFS',
};

interface Advice {
  readonly code: 'DISK_FULL' | 'FILE_NOT_WRITABLE';
  readonly message: string;
  readonly next: string;
}

const NO_SPACE: Advice = {
  code: 'DISK_FULL',
  message: 'No space is left for the database',
  next: 'Free some space and run the command again; nothing that was stored is lost.',
};
const NOT_ALLOWED: Advice = {
  code: 'FILE_NOT_WRITABLE',
  message: 'The folder cannot be written',
  next: 'Change its permissions, or put the project file into a folder that you may write.',
};
const NOT_A_FOLDER: Advice = {
  code: 'FILE_NOT_WRITABLE',
  message: "A file is where the database's folder should be",
  next: 'Move or rename that file, and run the command again.',
};
const NOT_A_FILE: Advice = {
  code: 'FILE_NOT_WRITABLE',
  message: 'A folder is where a file of the database should be',
  next: 'Move or rename that folder, and run the command again.',
};
const ADVICE: Readonly<Record<string, Advice>> = {
  ENOSPC: NO_SPACE,
  EDQUOT: NO_SPACE,
  EACCES: NOT_ALLOWED,
  EPERM: NOT_ALLOWED,
  EROFS: NOT_ALLOWED,
  EEXIST: NOT_A_FOLDER,
  ENOTDIR: NOT_A_FOLDER,
  EISDIR: NOT_A_FILE,
};

function openFailure(error: unknown, place: string): unknown {
  const advice = adviceFor(error);
  if (advice !== undefined) {
    return new WinnowError(advice.code, advice.message, { where: place, next: advice.next, cause: error });
  }
  if (isNativeError(error)) return error;
  return new WinnowError('FILE_NOT_WRITABLE', `The embedded database cannot be opened (${describe(error)})`, {
    where: place,
    next: 'Check that the folder is readable and writable; if it is damaged, move it away to start with a new one.',
    cause: error,
  });
}

function adviceFor(error: unknown): Advice | undefined {
  const { code, errno } = (error ?? {}) as { code?: unknown; errno?: unknown };
  // Errors of Node have negative numbers of another kind, and names.
  const name = typeof code === 'string' ? code : WASI_ERRORS[String(errno)];
  const known = name === undefined ? undefined : ADVICE[name];
  if (known !== undefined) return known;
  const text = String((error as { message?: unknown } | undefined)?.message ?? '');
  if (text.includes('No space left')) return NO_SPACE;
  return text.includes('Permission denied') ? NOT_ALLOWED : undefined;
}

/** A few words about whatever was thrown. */
function describe(error: unknown): string {
  if (typeof error !== 'object' || error === null) return String(error);
  const { name, message, errno } = error as { name?: unknown; message?: unknown; errno?: unknown };
  if (typeof message === 'string' && message !== '') return message;
  return [typeof name === 'string' ? name : 'unknown error', errno === undefined ? '' : `errno ${String(errno)}`]
    .filter((part) => part !== '')
    .join(', ');
}
