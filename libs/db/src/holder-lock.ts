import { randomUUID } from 'node:crypto';
import { constants, readFileSync } from 'node:fs';
import { access, link, lstat, readFile, rename, rmdir, unlink, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';
import { WinnowError } from '@winnow/contracts';

/** Who holds a lock. */
export interface Holder {
  readonly pid: number;
  /** Start time of the process in clock ticks since boot: tells a reused process id apart. */
  readonly startTicks: string | null;
  readonly command: string;
  /** Process ids mean something on their own host only. */
  readonly host?: string;
  /** Gives the lock back, or opens a door, within seconds: worth waiting for. */
  readonly isBrief?: boolean;
  /** Socket of the door by which others come in meanwhile. */
  readonly socket?: string;
  /** Makes the text of every lock another. */
  readonly id?: string;
}

/** What a holder tells of itself while it holds a lock. */
export type HolderFacts = Pick<Holder, 'isBrief' | 'socket'>;

/** A lock that this process holds. */
export interface HeldLock {
  /** Replaces what it tells. */
  tell(facts: HolderFacts): Promise<void>;
  release(): Promise<void>;
}

/**
 * Takes a lock file for this process; one left behind by a killed process is taken over. A lock of another host counts
 * as held, since nothing can be known about its process.
 * @returns releases the lock
 * @throws WinnowError DATABASE_BUSY naming the living holder
 */
export async function acquireLock(lockPath: string, command: string): Promise<() => Promise<void>> {
  return (await holdLock(lockPath, command)).release;
}

/** The same, for a holder that tells more of itself. */
export async function holdLock(lockPath: string, command: string, facts: HolderFacts = {}): Promise<HeldLock> {
  const id = randomUUID();
  const startTicks = processStartTicks(process.pid);
  const describe = (more: HolderFacts): string =>
    JSON.stringify({ pid: process.pid, startTicks, command, host: hostname(), ...more, id } satisfies Holder);
  const draft = `${lockPath}.${id}`;
  let text = describe(facts);
  await writeFile(draft, text);
  try {
    for (let attempt = 0; attempt < 5; attempt += 1) {
      if (!(await linkIfFree(draft, lockPath))) {
        await removeIfStale(lockPath, command);
        continue;
      }
      return {
        async tell(more) {
          const next = describe(more);
          if (await replace(lockPath, { draft, before: text, text: next })) text = next;
        },
        release: () => release(lockPath, text),
      };
    }
  } finally {
    await unlink(draft).catch(() => undefined);
  }
  throw busy(lockPath, undefined);
}

async function replace(
  lockPath: string,
  { draft, before, text }: { readonly draft: string; readonly before: string; readonly text: string },
): Promise<boolean> {
  if ((await readIfThere(lockPath)) !== before) return false;
  try {
    await writeFile(draft, text);
    await rename(draft, lockPath);
  } catch (error) {
    await unlink(draft).catch(() => undefined);
    throw error;
  }
  return true;
}

/** The living process that holds a lock; null where none does. */
export async function lockHolder(lockPath: string): Promise<Holder | null> {
  const holder = parseHolder((await readIfThere(lockPath)) ?? '');
  return holder !== undefined && isAlive(holder) ? holder : null;
}

/** Whether this process can go through the door of a holder; `closed` where there is none, or not for this host or user. */
export async function doorOf(holder: Pick<Holder, 'host' | 'socket'>): Promise<'open' | 'gone' | 'closed'> {
  if (holder.socket === undefined || isElsewhere(holder)) return 'closed';
  return access(holder.socket, constants.W_OK).then(
    () => 'open' as const,
    (error: NodeJS.ErrnoException) => (error.code === 'ENOENT' ? 'gone' : 'closed'),
  );
}

/** A hard link appears complete or not at all, and fails if the name exists. */
async function linkIfFree(draft: string, name: string): Promise<boolean> {
  try {
    await link(draft, name);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/**
 * Removes the lock of a dead holder. Reading and removing are two steps, so one process at a time may do them: the one
 * that holds the lock on taking over. Should that one be killed meanwhile, its lock is taken over in the same way.
 */
async function removeIfStale(lockPath: string, command: string): Promise<void> {
  if (!(await isStale(lockPath))) return;
  const releaseTurn = await acquireLock(`${lockPath}.takeover`, command);
  try {
    // Another process may have taken over before us. Now nobody else can remove what is stale.
    if (!(await isStale(lockPath))) return;
    const holder = parseHolder((await readIfThere(lockPath)) ?? '');
    await unlink(lockPath);
    if (holder?.socket !== undefined) await removeSocket(holder.socket);
  } finally {
    await releaseTurn();
  }
}

/** Of a killed holder, with its folder: nothing else, whatever the lock says. */
async function removeSocket(socket: string): Promise<void> {
  const facts = await lstat(socket).catch(() => undefined);
  if (facts?.isSocket() !== true) return;
  await unlink(socket).catch(() => undefined);
  await rmdir(path.dirname(socket)).catch(() => undefined);
}

/** False when the lock is gone. @throws WinnowError DATABASE_BUSY when its holder lives */
async function isStale(lockPath: string): Promise<boolean> {
  const text = await readIfThere(lockPath);
  if (text === undefined) return false;
  const holder = parseHolder(text);
  if (holder !== undefined && isAlive(holder)) throw busy(lockPath, holder);
  return true;
}

/** Removes the lock if it is still ours: a person may have deleted it, and another process taken its place. */
async function release(lockPath: string, ownText: string): Promise<void> {
  if ((await readIfThere(lockPath)) === ownText) await unlink(lockPath).catch(() => undefined);
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Undefined for what no lock of ours holds, such as the empty file that a power cut leaves. */
function parseHolder(text: string): Holder | undefined {
  try {
    const holder = JSON.parse(text) as Holder | null;
    return Number.isInteger(holder?.pid) ? (holder ?? undefined) : undefined;
  } catch {
    return undefined;
  }
}

function isAlive(holder: Holder): boolean {
  if (isElsewhere(holder)) return true;
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  return holder.startTicks === null || holder.startTicks === processStartTicks(holder.pid);
}

function isElsewhere(holder: Pick<Holder, 'host'>): boolean {
  return holder.host !== undefined && holder.host !== hostname();
}

/** Null where the system has no /proc, and of one that was killed and that nobody has waited for yet. */
function processStartTicks(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // Fields 3 and 22; the name in field 2 may hold spaces, so count behind its closing bracket.
    const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return state === 'Z' ? null : (fields[18] ?? null);
  } catch {
    return null;
  }
}

function busy(lockPath: string, holder: Holder | undefined): WinnowError {
  const elsewhere = holder !== undefined && isElsewhere(holder);
  const location = elsewhere ? ` on host ${holder.host}` : '';
  const who = holder === undefined ? 'another command' : `\`${holder.command}\` (process ${holder.pid}${location})`;
  const orDelete = elsewhere ? ' If that process is gone, delete this file.' : '';
  return new WinnowError('DATABASE_BUSY', `The project's embedded database is in use by ${who}`, {
    where: lockPath,
    next: `Wait for it to end, or set DATABASE_URL to a Postgres server.${orDelete}`,
  });
}
