import { setTimeout as delay } from 'node:timers/promises';

/** A database that is away is waited for elsewhere, longer than whoever asks for health does. */
const ANSWER_MILLIS = 3000;

/** Whether something came to a good end in three seconds. It goes on where not. */
export async function isAnswered(asked: Promise<unknown>): Promise<boolean> {
  const timer = new AbortController();
  const late = delay(ANSWER_MILLIS, false, { signal: timer.signal, ref: false }).catch(() => false);
  const answered = asked.then(
    () => true,
    () => false,
  );
  return Promise.race([answered, late]).finally(() => timer.abort());
}
