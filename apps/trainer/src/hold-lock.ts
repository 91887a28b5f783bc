import { isWinnowError, WinnowError } from '@winnow/contracts';
import { acquireLock, lockHolder } from '@winnow/db';
import { fileError } from '@winnow/files';

/**
 * Takes a lock file, in a folder that is there; one that a killed command left is taken over.
 * @param refusal what to say where another command holds it, and what the person can do but wait
 * @returns gives it back
 * @throws WinnowError DATABASE_BUSY, FILE_NOT_WRITABLE, DISK_FULL
 */
export async function holdLock(
  file: string,
  command: string,
  { what, otherwise }: { readonly what: string; readonly otherwise: string },
): Promise<() => Promise<void>> {
  return acquireLock(file, command).catch(async (error: unknown) => {
    if (!isWinnowError(error) || error.code !== 'DATABASE_BUSY') throw fileError(error, file);
    const holder = await lockHolder(file);
    const who = holder === null ? '' : `: \`${holder.command}\` (process ${holder.pid})`;
    throw new WinnowError('DATABASE_BUSY', `${what}${who}`, {
      where: file,
      next: `Wait for it to end, or ${otherwise}. If it ran on another machine and is gone, delete this file.`,
      cause: error,
    });
  });
}
