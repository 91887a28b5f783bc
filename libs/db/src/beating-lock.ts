import { holdLock } from './holder-lock';

/** Three of them may be lost before another host takes a holder for gone. */
const BEAT_MILLIS = 45_000;

/**
 * Takes a lock file whose holder other hosts can see to be alive, for what takes long in a folder that several machines
 * share: while it is held it is written anew, time and again.
 * @param onLost told once where another process has taken it over, as after a sleep of minutes
 * @returns releases the lock
 * @throws WinnowError DATABASE_BUSY naming the living holder
 */
export async function holdBeatingLock(
  lockPath: string,
  command: string,
  onLost: () => void = () => undefined,
  beatMillis = BEAT_MILLIS,
): Promise<() => Promise<void>> {
  const lock = await holdLock(lockPath, command, { beat: 0 });
  let beat = 0;
  let beating: Promise<void> = Promise.resolve();
  const timer = setInterval(() => {
    beating = beating
      .then(() => lock.tell({ beat: (beat += 1) }))
      .then((isOurs) => {
        if (isOurs) return;
        clearInterval(timer);
        onLost();
      })
      // A disk that is away for a moment is no reason to give up: the next beat tells.
      .catch(() => undefined);
  }, beatMillis).unref();
  return async () => {
    clearInterval(timer);
    await beating;
    await lock.release();
  };
}
