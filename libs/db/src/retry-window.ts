import { setTimeout as delay } from 'node:timers/promises';
import { isConnectionTrouble, isUnanswered } from './connection-trouble';

export interface RetryWindowOptions {
  /** How long to wait for a server that went away, milliseconds. */
  readonly retryWindowMillis: number;
  /** Where no server answers at all: milliseconds. Default: `retryWindowMillis`. */
  readonly unansweredMillis?: number | undefined;
  /** Called while the server is away: at once, and every minute. */
  readonly onTrouble?: ((reason: string) => void) | undefined;
  /** Ends waiting. */
  readonly signal?: AbortSignal | undefined;
}

const FIRST_WAIT_MILLIS = 100;
const LONGEST_WAIT_MILLIS = 2000;
const REMIND_MILLIS = 60_000;

/**
 * Makes tasks that are repeated while the server is away. A task may have been done although its answer was lost, so it
 * must come to the same when it is done twice.
 */
export function retryWindow(options: RetryWindowOptions): <T>(task: () => Promise<T>) => Promise<T> {
  const { retryWindowMillis, unansweredMillis = retryWindowMillis, onTrouble, signal } = options;
  return async (task) => {
    // Of the trouble: a task may have waited long in line before.
    let troubleMillis: (() => number) | undefined;
    let saidMillis = -Infinity;
    for (let waitMillis = FIRST_WAIT_MILLIS; ; waitMillis = Math.min(waitMillis * 2, LONGEST_WAIT_MILLIS)) {
      try {
        return await task();
      } catch (error) {
        troubleMillis ??= runningTime();
        const spentMillis = troubleMillis();
        const limitMillis = isUnanswered(error) ? unansweredMillis : retryWindowMillis;
        if (!isConnectionTrouble(error) || spentMillis >= limitMillis || signal?.aborted === true) throw error;
        if (spentMillis - saidMillis >= REMIND_MILLIS) {
          saidMillis = spentMillis;
          onTrouble?.(error instanceof Error ? error.message : String(error));
        }
        await delay(waitMillis, undefined, { signal }).catch(() => undefined);
      }
    }
  };
}

/** No try and the wait after it take longer. */
const LONGEST_STEP_MILLIS = 10_000;

/**
 * Time since it was made, milliseconds, for whoever looks after every step of a wait. A machine that slept, or a clock that was set, is a
 * step that took longer than any may, and counts as one: who waits for a server waits once more when it wakes up.
 */
export function runningTime(): () => number {
  let lookedAt = performance.now();
  let sumMillis = 0;
  return () => {
    const now = performance.now();
    sumMillis += Math.min(now - lookedAt, LONGEST_STEP_MILLIS);
    lookedAt = now;
    return sumMillis;
  };
}
