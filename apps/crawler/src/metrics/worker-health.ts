import { monitorEventLoopDelay } from 'node:perf_hooks';
import { isWinnowError, settledWithin } from '@winnow/contracts';
import { HEARTBEATS } from '@winnow/files';
import type { Database } from '@winnow/db';
import type { StoreAddress } from '@winnow/config';
import { requireStore } from '@winnow/store';

/** Longer than a database is waited for, which no restart of a worker brings back. */
const SILENT_MILLIS = 720_000;
/** Of the event loop: work that is done here takes a tenth of it. */
const STUCK_MILLIS = 1000;
const NANOS = 1e6;
/** A database that is away is waited for elsewhere, longer than whoever asks for health does. */
const ANSWER_MILLIS = 3000;

/** Whether a worker is well, for whoever restarts it. */
export class WorkerHealth {
  readonly #delay = monitorEventLoopDelay();
  readonly #unsubscribe: () => void;
  #beatMillis = performance.now();

  constructor(workerId: string) {
    this.#delay.enable();
    this.#unsubscribe = HEARTBEATS.subscribe((beat) => {
      if (beat.workerId === workerId) this.#beatMillis = performance.now();
    });
  }

  /** Why the process should be restarted; null: it is well. Looks back to when it was asked last. */
  unhealthy(): string | null {
    const stuckMillis = this.#delay.percentile(50) / NANOS;
    this.#delay.reset();
    if (stuckMillis > STUCK_MILLIS) return `the event loop is ${Math.round(stuckMillis)} ms late`;
    const silentMillis = performance.now() - this.#beatMillis;
    return silentMillis > SILENT_MILLIS ? `no heartbeat for ${Math.round(silentMillis / 1000)} s` : null;
  }

  close(): void {
    this.#delay.disable();
    this.#unsubscribe();
  }
}

/** Why a worker can do no work now: database and store, asked; null: it can. */
export async function unready(db: Database, store: StoreAddress | undefined): Promise<string | null> {
  let reason = 'database or store do not answer';
  const asked = requireStore(db, store).catch((error: unknown) => {
    if (isWinnowError(error)) reason = error.code;
    throw error;
  });
  return (await isAnswered(asked)) ? null : reason;
}

/** Whether something came to a good end in three seconds. It goes on where not. */
export async function isAnswered(asked: Promise<unknown>): Promise<boolean> {
  const answered = asked.then(
    () => true,
    () => false,
  );
  return (await settledWithin(answered, ANSWER_MILLIS)) === true;
}
