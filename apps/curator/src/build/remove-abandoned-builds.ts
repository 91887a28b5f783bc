import { readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { tryLock } from '../upkeep/gc/remove-unneeded';
import { finishedFolder, WORKING_ENDING } from './working-folder';

/**
 * Removes what builds that were killed, and never taken up again, left under their working names. What a living process writes stays.
 * @param keep id of the build that goes on
 * @param touchedBefore milliseconds since 1970; folders in which something appeared since then stay
 * @returns their ids, sorted
 */
export async function removeAbandonedBuilds(
  buildsDir: string,
  { keep, touchedBefore }: { readonly keep: string; readonly touchedBefore: number },
): Promise<readonly string[]> {
  const names = await readdir(buildsDir).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  });
  const removed: string[] = [];
  for (const name of names.filter((other) => other.endsWith(WORKING_ENDING)).sort()) {
    const id = finishedFolder(name);
    const folder = path.join(buildsDir, name);
    if (id === keep || (await stat(folder)).mtimeMs >= touchedBefore) continue;
    // Of an embedded database several commands may be at work, too.
    const release = await tryLock(path.join(buildsDir, `${id}.lock`));
    if (release === null) continue;
    try {
      await rm(folder, { recursive: true, force: true });
    } finally {
      await release();
    }
    removed.push(id);
  }
  return removed;
}
