import { WinnowError } from '@winnow/contracts';

/** How long an answer waits for a database that was there before: one that is busy answers by then. */
export const PATIENCE_MILLIS = 5000;
const STEP_MILLIS = 250;

/**
 * Waits for work as long as an answer may take; the work goes on. Time in which this process could not have taken an answer, as it had
 * something else to do or was not given a processor, hardly counts.
 * @returns null where it takes longer
 * @throws what it throws until then
 */
export async function settledWithin<T>(work: Promise<T>, millis = PATIENCE_MILLIS): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    let steps = Math.max(1, Math.ceil(millis / STEP_MILLIS));
    timer = setInterval(() => {
      steps -= 1;
      if (steps === 0) resolve(null);
    }, millis / steps);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearInterval(timer);
  }
}

/** As `settledWithin`, for answers of the database that cannot do without. @throws WinnowError DATABASE_UNREACHABLE where it takes longer */
export async function settledOrAway<T>(work: Promise<T>): Promise<T> {
  const found = await settledWithin(work.then((value) => ({ value })));
  if (found === null) throw databaseAway();
  return found.value;
}

/** Said where there is no telling yet whether a database is slow or away: pages ask again by themselves. */
export function databaseAway(): WinnowError {
  return new WinnowError('DATABASE_UNREACHABLE', 'The database does not answer yet', {
    next: 'Look whether it runs. This goes on by itself once it answers; what was decided waits meanwhile.',
  });
}
