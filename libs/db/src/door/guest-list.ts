import { randomUUID } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { acquireLock, lockHolder } from '../holder-lock';

const PREFIX = 'db.guest-';
/** Not the drafts of those that are just entering. */
const ENTRY = /^db\.guest-[\da-f-]{36}$/;

/** Enters this process in the list of those who are guests at a database: a file of its own beside the lock. @returns ends that */
export async function enterGuestList(stateDir: string, command: string): Promise<() => Promise<void>> {
  return acquireLock(path.join(stateDir, `${PREFIX}${randomUUID()}`), command);
}

/** Whether processes of the list live; the files of those that were killed are removed. For whoever holds the database. */
export async function hasLivingGuests(stateDir: string): Promise<boolean> {
  const files = (await readdir(stateDir)).filter((name) => ENTRY.test(name)).map((name) => path.join(stateDir, name));
  const holders = await Promise.all(files.map(lockHolder));
  await Promise.all(files.map((file, index) => (holders[index] === null ? rm(file, { force: true }) : undefined)));
  return holders.some((holder) => holder !== null);
}
