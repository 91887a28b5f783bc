import { createContext, runInContext } from 'node:vm';

/**
 * Sleeps until another thread notifies `flag[0]`, which is 0 until then, and lets signals end the sleep: Ctrl-C wakes it,
 * and SIGTERM, which no handler could see meanwhile, has its default effect, the end of the process.
 * @returns `interrupted` after Ctrl-C, whose handlers have not been called
 */
export function waitInterruptibly(flag: Int32Array, maxMillis: number): 'notified' | 'timed-out' | 'interrupted' {
  const handlers = process.rawListeners('SIGTERM') as ((signal: NodeJS.Signals) => void)[];
  process.removeAllListeners('SIGTERM');
  try {
    const outcome: unknown = runInContext('Atomics.wait(flag, 0, 0, maxMillis)', createContext({ flag, maxMillis }), {
      breakOnSigint: true,
    });
    return outcome === 'timed-out' ? 'timed-out' : 'notified';
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_SCRIPT_EXECUTION_INTERRUPTED') return 'interrupted';
    throw error;
  } finally {
    for (const handler of handlers) process.on('SIGTERM', handler);
  }
}
