import { settledWithin, WinnowError } from '@winnow/contracts';

/** How long an answer waits for a database that was there before: one that is busy answers by then. */
export const PATIENCE_MILLIS = 5000;

/** As `settledWithin`, for answers of the database that cannot do without. @throws WinnowError DATABASE_UNREACHABLE where it takes longer */
export async function settledOrAway<T>(work: Promise<T>): Promise<T> {
  const found = await settledWithin(
    work.then((value) => ({ value })),
    PATIENCE_MILLIS,
  );
  if (found === null) throw databaseAway();
  return found.value;
}

/** Said where there is no telling yet whether a database is slow or away: pages ask again by themselves. */
export function databaseAway(): WinnowError {
  return new WinnowError('DATABASE_UNREACHABLE', 'The database does not answer yet', {
    next: 'Look whether it runs. This goes on by itself once it answers; what was decided waits meanwhile.',
  });
}
