import { setTimeout as delay } from 'node:timers/promises';
import { isWinnowError, requireUninterrupted } from '@winnow/contracts';
import { acquireLock, lockHolder } from './holder-lock';
import type { Holder } from './holder-lock';

/** How a command behaves where another one holds the lock. */
export interface LockRetryWindow {
  /** It gives the lock back within seconds, so others may wait for it. */
  readonly isBrief?: boolean | undefined;
  /** How long to wait for a holder that is not brief, milliseconds. Default: not at all. */
  readonly busyMillis?: number | undefined;
  /** Told once, when waiting for a holder that is not brief begins. */
  readonly onBusy?: ((holder: Holder) => void) | undefined;
  /** Ends waiting. */
  readonly signal?: AbortSignal | undefined;
}

/** A brief holder that takes longer is one that hangs. */
const BRIEF_MILLIS = 60_000;
const POLL_MILLIS = 100;

/**
 * Takes a lock, waiting for its holder where that is brief, or as long as `busyMillis` says.
 * @returns releases the lock
 * @throws WinnowError DATABASE_BUSY naming the living holder; INTERRUPTED
 */
export async function waitForLock(
  lockPath: string,
  command: string,
  { isBrief, busyMillis = 0, onBusy, signal }: LockRetryWindow = {},
): Promise<() => Promise<void>> {
  const startMillis = Date.now();
  let isCorrected = false;
  for (;;) {
    try {
      return await acquireLock(lockPath, command, { isBrief: isBrief === true });
    } catch (error) {
      if (!isWinnowError(error) || error.code !== 'DATABASE_BUSY') throw error;
      const holder = await lockHolder(lockPath);
      // It may have gone meanwhile.
      const long = holder?.isBrief === true ? null : holder;
      const limitMillis = long === null ? Math.max(busyMillis, BRIEF_MILLIS) : busyMillis;
      if (Date.now() - startMillis >= limitMillis) throw error;
      if (long !== null && !isCorrected) onBusy?.(long);
      isCorrected ||= long !== null;
    }
    await delay(POLL_MILLIS, undefined, { signal }).catch(() => undefined);
    requireUninterrupted(signal, 'Stopped while waiting for the database');
  }
}
