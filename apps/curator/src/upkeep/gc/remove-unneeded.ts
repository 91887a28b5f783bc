import { rm } from 'node:fs/promises';
import path from 'node:path';
import { isWinnowError, requireUninterrupted, WinnowError } from '@winnow/contracts';
import { acquireLock } from '@winnow/db';
import { systemErrorCode } from '@winnow/files';
import { MANIFEST_FILES } from '@winnow/shards';
import { describeFile } from './list-folder';
import type { Found } from './list-folder';
import { finishedFolder } from '../../build/working-folder';

/** Files, or folders of builds, that nothing needs. */
export interface Unneeded {
  readonly found: readonly Found[];
  /** Of these names, those that nothing needs yet: asked right before they go, of folders one by one and under their lock. */
  readonly still?: (names: readonly string[]) => Promise<readonly string[]>;
}

interface RemoveOptions {
  /** Nothing is removed. */
  readonly isDryRun: boolean;
  readonly signal: AbortSignal;
}

/** Few enough that little time passes between question and removal. */
const FILES_AT_ONCE = 500;

/**
 * Removes files and folders, but for files that were changed since they were found, as somebody needs them, and folders
 * that a command is writing.
 * @returns those that are gone, or would be
 * @throws WinnowError INTERRUPTED, FILE_NOT_WRITABLE
 */
export async function removeUnneeded(
  { found, still = (names) => Promise.resolve(names) }: Unneeded,
  { isDryRun, signal }: RemoveOptions,
): Promise<readonly Found[]> {
  const gone: Found[] = [];
  const requireRunning = (): void =>
    requireUninterrupted(signal, 'Stopped while removing', { next: 'Run the same command again; it goes on.' });
  for (const folder of found.filter(({ isFolder }) => isFolder)) {
    requireRunning();
    const release = await tryLock(`${finishedFolder(folder.path)}.lock`);
    if (release === null) continue;
    try {
      if ((await still([path.basename(folder.path)])).length === 0) continue;
      // Killed in between, the folder must not look like a finished build of another database.
      if (!isDryRun) await remove(path.join(folder.path, MANIFEST_FILES.dataset));
      if (!isDryRun) await remove(folder.path);
      gone.push(folder);
    } finally {
      await release();
    }
  }
  const files = found.filter(({ isFolder }) => !isFolder);
  for (let from = 0; from < files.length; from += FILES_AT_ONCE) {
    const batch = files.slice(from, from + FILES_AT_ONCE);
    const names = new Set(await still(batch.map((file) => path.basename(file.path))));
    for (const file of batch.filter((one) => names.has(path.basename(one.path)))) {
      requireRunning();
      if ((await describeFile(file.path))?.changedMillis !== file.changedMillis) continue;
      if (!isDryRun) await remove(file.path);
      gone.push(file);
    }
  }
  return gone;
}

/** Takes a lock file. @returns releases it; null where a living process holds it */
export async function tryLock(lockPath: string): Promise<(() => Promise<void>) | null> {
  return acquireLock(lockPath, 'winnow gc').catch((error: unknown) => {
    if (isWinnowError(error) && error.code === 'DATABASE_BUSY') return null;
    // No folder to lock in: nobody is at work there.
    if (systemErrorCode(error) === 'ENOENT') return () => Promise.resolve();
    throw error;
  });
}

async function remove(target: string): Promise<void> {
  await rm(target, { recursive: true, force: true }).catch((cause: unknown) => {
    throw new WinnowError('FILE_NOT_WRITABLE', 'A file that is not needed any more cannot be removed', {
      where: target,
      next: 'Check the permissions of the folder and run the same command again.',
      cause,
    });
  });
}
