import { readFileSync } from 'node:fs';
import { link, readFile, unlink, writeFile } from 'node:fs/promises';
import { WinnowError } from '@winnow/contracts';

interface Holder {
  readonly pid: number;
  /** Start time of the process in clock ticks since boot: tells a reused process id apart. */
  readonly startTicks: string | null;
  readonly command: string;
}

/**
 * Takes a lock file for this process; one left behind by a killed process is taken over.
 * @returns releases the lock
 * @throws WinnowError DATABASE_BUSY naming the living holder
 */
export async function acquireLock(lockPath: string, command: string): Promise<() => Promise<void>> {
  const mine: Holder = { pid: process.pid, startTicks: processStartTicks(process.pid), command };
  const draft = `${lockPath}.${process.pid}`;
  await writeFile(draft, JSON.stringify(mine));
  try {
    for (let attempt = 0; attempt < 5; attempt += 1) {
      try {
        // A hard link appears complete or not at all, and fails if the name exists.
        await link(draft, lockPath);
        return () => unlink(lockPath).catch(() => undefined);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
      await removeIfStale(lockPath);
    }
  } finally {
    await unlink(draft).catch(() => undefined);
  }
  throw busy(lockPath, undefined);
}

async function removeIfStale(lockPath: string): Promise<void> {
  const holder = await readHolder(lockPath);
  if (holder !== undefined && isAlive(holder)) throw busy(lockPath, holder);
  await unlink(lockPath).catch(() => undefined);
}

async function readHolder(lockPath: string): Promise<Holder | undefined> {
  try {
    const holder = JSON.parse(await readFile(lockPath, 'utf8')) as Holder;
    return Number.isInteger(holder.pid) ? holder : undefined;
  } catch {
    return undefined;
  }
}

function isAlive(holder: Holder): boolean {
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  return holder.startTicks === null || holder.startTicks === processStartTicks(holder.pid);
}

/** Null where the system has no /proc. */
function processStartTicks(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // Field 22; the name in field 2 may hold spaces, so count behind its closing bracket.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    return null;
  }
}

function busy(lockPath: string, holder: Holder | undefined): WinnowError {
  const who = holder === undefined ? 'another command' : `\`${holder.command}\` (process ${holder.pid})`;
  return new WinnowError('DATABASE_BUSY', `The project's embedded database is in use by ${who}`, {
    where: lockPath,
    next: 'Wait for it to end, or set DATABASE_URL to a Postgres server, which many commands can share.',
  });
}
