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
    let startMillis: number | undefined;
    let saidMillis = -Infinity;
    for (let waitMillis = FIRST_WAIT_MILLIS; ; waitMillis = Math.min(waitMillis * 2, LONGEST_WAIT_MILLIS)) {
      try {
        return await task();
      } catch (error) {
        startMillis ??= Date.now();
        const limitMillis = isUnanswered(error) ? unansweredMillis : retryWindowMillis;
        if (!isConnectionTrouble(error) || Date.now() - startMillis >= limitMillis || signal?.aborted === true) {
          throw error;
        }
        if (Date.now() - saidMillis >= REMIND_MILLIS) {
          saidMillis = Date.now();
          onTrouble?.(error instanceof Error ? error.message : String(error));
        }
        await delay(waitMillis, undefined, { signal }).catch(() => undefined);
      }
    }
  };
}
