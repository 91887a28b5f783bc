import { setTimeout as delay } from 'node:timers/promises';
import { isWinnowError, requireUninterrupted } from '@winnow/contracts';
import type { WinnowError } from '@winnow/contracts';
import { doorOf, holdLock, lockHolder } from './holder-lock';
import type { HeldLock, Holder } from './holder-lock';
import { runningTime } from './retry-window';

/** How a command behaves where another one holds the lock. */
export interface LockRetryWindow {
  /** Where it can let nobody in, it gives the lock back within seconds, so others may wait for it. */
  readonly isBrief?: boolean | undefined;
  /** How long to wait for a holder that is not brief and lets nobody in, milliseconds. Default: not at all. */
  readonly busyMillis?: number | undefined;
  /** Told once, when waiting for a holder that is not brief begins. */
  readonly onBusy?: ((holder: Holder) => void) | undefined;
  /** Ends waiting. */
  readonly signal?: AbortSignal | undefined;
  /** What is waited for, for whoever ends that. Default: the database. */
  readonly waitingFor?: string | undefined;
}

/** A brief holder that takes longer is one that hangs. */
const BRIEF_MILLIS = 60_000;
const POLL_MILLIS = 100;
const GONE: Holder = { pid: 0, startTicks: null, command: '', isBrief: true };

/** Who wants a lock, and what it tells of itself. */
export interface LockSeeker extends LockRetryWindow {
  readonly command: string;
}

/**
 * Takes a lock. Waits for a holder that is brief, or as long as `busyMillis` says.
 * @param join what a holder that lets others in gives in place of the lock
 * @throws WinnowError DATABASE_BUSY naming the living holder; INTERRUPTED
 */
export async function waitForLock<T = never>(
  lockPath: string,
  { command, isBrief = false, busyMillis = 0, onBusy, signal, waitingFor }: LockSeeker,
  join: (socket: string) => T | undefined = () => undefined,
): Promise<HeldLock | T> {
  const waitedMillis = runningTime();
  let isTold = false;
  for (;;) {
    const held = await holdLock(lockPath, command, { isBrief }).catch(whenBusy);
    if (!isWinnowError(held)) return held;
    // It may have gone meanwhile.
    const holder = (await lockHolder(lockPath)) ?? GONE;
    const door = await doorOf(holder);
    const joined = door === 'open' ? join(holder.socket as string) : undefined;
    if (joined !== undefined) return joined;
    const isBriefly = endsSoon(holder, door);
    const limitMillis = isBriefly ? Math.max(busyMillis, BRIEF_MILLIS) : busyMillis;
    if (waitedMillis() >= limitMillis) throw held;
    if (!isBriefly && !isTold) onBusy?.(holder);
    isTold ||= !isBriefly;
    await delay(POLL_MILLIS, undefined, { signal }).catch(() => undefined);
    requireUninterrupted(signal, stopText(waitingFor));
  }
}

function stopText(waitingFor = 'the database'): string {
  return `Stopped while waiting for ${waitingFor}`;
}

/** A holder takes its socket away while it ends. */
function endsSoon({ isBrief = false }: Holder, door: Awaited<ReturnType<typeof doorOf>>): boolean {
  return isBrief || door === 'gone';
}

/** @returns DATABASE_BUSY @throws other errors */
function whenBusy(error: unknown): WinnowError {
  if (isWinnowError(error) && error.code === 'DATABASE_BUSY') return error;
  throw error;
}
