import { setTimeout as delay } from 'node:timers/promises';
import { isConnectionTrouble } from './connection-trouble';

export interface PatienceOptions {
  /** How long to wait for a server that went away, milliseconds. */
  readonly patienceMillis: number;
  /** Whether to wait for a server that is not there from the beginning as well. */
  readonly waitForStart?: boolean | undefined;
  /** Called once for every time that the server is away. */
  readonly onTrouble?: ((reason: string) => void) | undefined;
}

const FIRST_WAIT_MILLIS = 100;
const LONGEST_WAIT_MILLIS = 2000;

/**
 * Makes tasks that are repeated while the server is away. A task may have been done although its answer was lost, so it
 * must come to the same when it is done twice.
 */
export function patience(options: PatienceOptions): <T>(task: () => Promise<T>) => Promise<T> {
  return async (task) => {
    const startMillis = Date.now();
    for (
      let waitMillis = FIRST_WAIT_MILLIS, said = false;
      ;
      waitMillis = Math.min(waitMillis * 2, LONGEST_WAIT_MILLIS)
    ) {
      try {
        return await task();
      } catch (error) {
        if (!isConnectionTrouble(error) || Date.now() - startMillis >= options.patienceMillis) throw error;
        if (!said) options.onTrouble?.(error instanceof Error ? error.message : String(error));
        said = true;
        await delay(waitMillis);
      }
    }
  };
}
