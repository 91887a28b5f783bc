import path from 'node:path';
import { mkdir } from 'node:fs/promises';
import type { ProjectConfig } from '@winnow/config';
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

const lockFile = ({ paths }: Pick<ProjectConfig, 'paths'>): string => path.join(paths.runs, 'train.lock');

/**
 * One command at a time trains in a project's folder, from its first look at the data to the last student.
 * @throws WinnowError as holdLock
 */
export async function withTrainingLock<T>(
  config: Pick<ProjectConfig, 'paths'>,
  command: string,
  work: () => Promise<T>,
): Promise<T> {
  await mkdir(config.paths.runs, { recursive: true });
  const release = await holdLock(lockFile(config), command, {
    what: 'Another command trains in this project',
    otherwise: 'work in a folder of its own',
  });
  try {
    return await work();
  } finally {
    await release();
  }
}
