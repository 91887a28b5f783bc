import { isWinnowError } from '@winnow/contracts';
import { acquireLock } from '@winnow/db';

/** Takes a lock file. @returns releases it; null where a living process holds it */
export async function tryLock(lockPath: string): Promise<(() => Promise<void>) | null> {
  return acquireLock(lockPath, 'winnow gc').catch((error: unknown) => {
    if (isWinnowError(error) && error.code === 'DATABASE_BUSY') return null;
    // No folder to lock in: nobody is at work there.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return () => Promise.resolve();
    throw error;
  });
}
