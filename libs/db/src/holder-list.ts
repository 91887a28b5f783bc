import { randomUUID } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { acquireLock, lockHolder } from './holder-lock';
import type { Holder } from './holder-lock';

/** Enters this process in a list of processes: a lock file of its own for each, in one folder. @returns ends that */
export async function enterHolders(folder: string, prefix: string, command: string): Promise<() => Promise<void>> {
  return acquireLock(path.join(folder, `${prefix}${randomUUID()}`), command);
}

/** The living processes of a list; entries of killed ones are removed. None where there is no such folder. */
export async function listHolders(folder: string, prefix: string): Promise<readonly Holder[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  // Not the drafts of those that are just entering.
  const isEntry = (name: string): boolean =>
    name.startsWith(prefix) && /^[\da-f-]{36}$/.test(name.slice(prefix.length));
  const files = names.filter(isEntry).map((name) => path.join(folder, name));
  const holders = await Promise.all(files.map(lockHolder));
  await Promise.all(files.map((file, index) => (holders[index] === null ? rm(file, { force: true }) : undefined)));
  return holders.filter((holder) => holder !== null);
}
