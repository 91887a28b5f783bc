import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { damagedDatabase } from './embedded-failure';

/** Folder of the embedded database. */
export const databaseFolder = (stateDir: string): string => path.join(stateDir, 'db');

/** What a project's folder holds beside its database. */
interface Remains {
  readonly originals: number;
  readonly builds: number;
  readonly runs: number;
}

/**
 * Whether there is an embedded database; nothing is made.
 * @returns false for a project that was never worked on
 * @throws WinnowError DATABASE_DAMAGED where a database was lost: its folder holds something else than one, or is gone
 *   while originals, data sets or runs are there
 */
export async function hasEmbeddedDatabase(stateDir: string): Promise<boolean> {
  const folder = databaseFolder(stateDir);
  const names = await namesIn(folder);
  if (names.includes('PG_VERSION')) return true;
  const remains = await findRemains(stateDir);
  const isUsed = remains.originals + remains.builds + remains.runs > 0;
  if (names.length === 0 && !isUsed) return false;
  const beside = isUsed ? `, beside ${describeRemains(remains)}` : '';
  throw damagedDatabase(
    folder,
    names.length === 0
      ? `its folder is gone or empty${beside}. If the project is in a Postgres server, set DATABASE_URL`
      : `the file PG_VERSION is gone${beside}`,
  );
}

/** Counts what is there. @throws Error of node:fs, but not for what does not exist */
async function findRemains(stateDir: string): Promise<Remains> {
  const blobs = path.join(stateDir, 'blobs');
  const parts = await Promise.all((await namesIn(blobs)).map((part) => namesIn(path.join(blobs, part))));
  return {
    originals: parts.flat().filter((name) => /^[\da-f]{64}$/.test(name)).length,
    builds: await countFolders(path.join(stateDir, 'builds')),
    runs: await countFolders(path.join(stateDir, 'runs')),
  };
}

function describeRemains({ originals, builds, runs }: Remains): string {
  return `${originals} originals, ${builds} data sets and ${runs} runs`;
}

async function countFolders(folder: string): Promise<number> {
  // Working folders and locks have names with a dot.
  const names = (await namesIn(folder)).filter((name) => !name.includes('.'));
  const found = await Promise.all(names.map((name) => stat(path.join(folder, name)).catch(() => undefined)));
  return found.filter((facts) => facts?.isDirectory() === true).length;
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || (code === 'ENOTDIR' && path.basename(path.dirname(folder)) === 'blobs')) return [];
    throw error;
  }
}
