import { rm } from 'node:fs/promises';
import path from 'node:path';
import type { ProjectConfig } from '@winnow/config';
import { requireUninterrupted, WinnowError } from '@winnow/contracts';
import type { CommandIo } from '@winnow/contracts';
import { removeBuild } from '@winnow/db';
import type { Database } from '@winnow/db';
import { MANIFEST_FILES } from '@winnow/shards';
import { describeFile, folderBytes } from './list-folder';
import type { Found } from './list-folder';
import { tryLock } from './try-lock';
import { finishedFolder } from '../../build/working-folder';

export const GC_KINDS = [
  'builds',
  'working folders',
  'unindexed builds',
  'pixel caches',
  'checkpoints',
  'originals',
  'answers',
  'test set caches',
  'columns',
  'layouts',
  'temporary files',
] as const;
export type GcKind = (typeof GC_KINDS)[number];

export interface RemoverOptions {
  readonly config: ProjectConfig;
  readonly db: Database;
  readonly io: Pick<CommandIo, 'signal'>;
  /** Nothing is removed. */
  readonly isDryRun: boolean;
}

/** Removes things and counts what they took; counts only, where nothing is to be removed. */
export class Remover {
  readonly freed = Object.fromEntries(GC_KINDS.map((kind) => [kind, { items: 0, bytes: 0 }])) as Record<
    GcKind,
    { items: number; bytes: number }
  >;
  readonly builds: string[] = [];
  readonly #options: RemoverOptions;

  constructor(options: RemoverOptions) {
    this.#options = options;
  }

  async removeBuilds(ids: readonly string[]): Promise<void> {
    const { config, db, isDryRun } = this.#options;
    for (const id of ids) {
      this.#stopIfAborted();
      const folder = path.join(config.paths.builds, id);
      const bytes = await folderBytes(folder);
      const isGone = await withBuildLock(folder, async () => {
        if (isDryRun) return true;
        // Meanwhile it may have become the current one.
        if (!(await removeBuild(db, config.name, id))) return false;
        // Killed in between, the folder must not look like a finished build of another database.
        await this.#remove(path.join(folder, MANIFEST_FILES.dataset));
        await this.#remove(folder);
        return true;
      });
      if (!isGone) continue;
      this.builds.push(id);
      this.#count('builds', bytes);
    }
  }

  /** @param isUnneeded asked again, while no command can write that build */
  async removeFolders(
    kind: GcKind,
    folders: readonly Found[],
    isUnneeded: (folder: string) => Promise<boolean> = () => Promise.resolve(true),
  ): Promise<void> {
    for (const { path: folder, sizeBytes } of folders) {
      this.#stopIfAborted();
      const isGone = await withBuildLock(finishedFolder(folder), async () => {
        if (!(await isUnneeded(folder))) return false;
        await this.#remove(folder);
        return true;
      });
      if (isGone) this.#count(kind, sizeBytes);
    }
  }

  /** Removes files, but for those that were changed since they were found: somebody needs them. */
  async removeFiles(kind: GcKind, files: readonly Found[]): Promise<void> {
    for (const { path: file, sizeBytes, changedMillis } of files) {
      this.#stopIfAborted();
      if ((await describeFile(file))?.changedMillis !== changedMillis) continue;
      await this.#remove(file);
      this.#count(kind, sizeBytes);
    }
  }

  async #remove(target: string): Promise<void> {
    if (this.#options.isDryRun) return;
    try {
      await rm(target, { recursive: true, force: true });
    } catch (cause) {
      throw new WinnowError('FILE_NOT_WRITABLE', 'A file that is not needed any more cannot be removed', {
        where: target,
        next: 'Check the permissions of the folder and run the same command again.',
        cause,
      });
    }
  }

  #count(kind: GcKind, bytes: number): void {
    this.freed[kind].items += 1;
    this.freed[kind].bytes += bytes;
  }

  #stopIfAborted(): void {
    requireUninterrupted(this.#options.io.signal, 'Stopped while removing', {
      next: 'Run the same command again; it goes on.',
    });
  }
}

/** Does something that no command which writes this build may see; nothing, and false, while one does. */
async function withBuildLock(directory: string, work: () => Promise<boolean>): Promise<boolean> {
  const release = await tryLock(`${directory}.lock`);
  if (release === null) return false;
  try {
    return await work();
  } finally {
    await release();
  }
}
