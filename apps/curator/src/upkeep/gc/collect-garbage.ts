import path from 'node:path';
import { heldOutSources } from '@winnow/config';
import type { ProjectConfig } from '@winnow/config';
import { isWinnowError } from '@winnow/contracts';
import { listBuildIds, listBuildUses, unknownAnswers, unknownOriginals } from '@winnow/db';
import type { BuildUse } from '@winnow/db';
import { listRuns } from '@winnow/runs';
import { heldOutCacheName } from '../../dedup/load-held-out';
import { chooseBuilds } from './choose-builds';
import { checkFilesKnown, checkProjectKnown } from './check-database-fits';
import { findBuildFiles } from './find-build-files';
import { findCheckpoints } from './find-checkpoints';
import { isBeingWritten } from './is-being-written';
import { listFolder } from './list-folder';
import type { Found } from './list-folder';
import { Remover } from './remover';
import type { GcKind, RemoverOptions } from './remover';
import { findStoredFiles, removeStoredFiles } from './stored-files';
import type { FindUnknown } from './stored-files';
import { tryLock } from './try-lock';

export interface GcOptions extends RemoverOptions {
  /** Builds that were used last and stay, the current one among them. */
  readonly keep: number;
  readonly nowMillis: number;
  /** Nobody else works on the project: nothing needs time to get its row. */
  readonly isAlone: boolean;
  /** Whether files go although the database seems to be another one. It must know the project all the same. */
  readonly isForced: boolean;
}

export interface GcResult {
  readonly freed: Readonly<Record<GcKind, { readonly items: number; readonly bytes: number }>>;
  /** Builds that were removed, or would be. */
  readonly builds: readonly string[];
  /** Builds that hold forgotten images and stay, as they are current or in use. */
  readonly holding: readonly BuildUse[];
}

/** What a file may wait for its row on a shared database. */
const GRACE_MILLIS = 24 * 3600 * 1000;

/**
 * Removes what a project no longer needs. Of runs only the checkpoints of finished ones, and no file that a row of any project refers to. A build's rows go
 * before its folder: stopped in between, a folder without rows is left, which the next call removes.
 * @throws WinnowError MISSING_INPUT where the database is not the one of the project, INTERRUPTED, FILE_NOT_WRITABLE
 */
export async function collectGarbage(options: GcOptions): Promise<GcResult> {
  const { config, db, keep } = options;
  const { builds, blobs, state, runs } = config.paths;
  await checkProjectKnown(db, config);
  const allRuns = await listRuns(runs);
  const runDigests = new Set(allRuns.map(({ manifest }) => manifest.buildDigest));
  const choice = chooseBuilds(await listBuildUses(db, config.name), { keep, runDigests });
  const removed = new Set(choice.removed.map(({ id }) => id));
  const known = await listBuildIds(db);
  const own = await findBuildFiles(builds, { known, removed });
  const findOriginals: FindUnknown = (digests) => unknownOriginals(db, digests);
  const originals = await findStoredFiles(blobs, findOriginals);
  if (!options.isForced) {
    const { known: inRows, unknown } = originals;
    checkFilesKnown(config, { finished: own.finished, originals: { known: inRows, unknown: unknown.length } });
  }
  const findOutputs: FindUnknown = (digests) => unknownAnswers(db, digests);
  const replies = await findStoredFiles(path.join(state, 'answers'), findOutputs);
  const caches = await findCaches(config);
  const staying = new Set([...known].filter((id) => !removed.has(id)));
  const columns = await findNamed(path.join(state, 'columns'), staying);
  const layouts = await findNamed(path.join(state, 'layouts'), staying);
  const isTraining = await isHeld(path.join(runs, 'train.lock'));
  const due = (found: readonly Found[]): readonly Found[] =>
    options.isAlone ? found : found.filter(({ changedMillis }) => changedMillis < options.nowMillis - GRACE_MILLIS);
  const ofBuilds = own.temporary.filter(({ path: file }) => !isBeingWritten(file));
  const temporary = [
    ...ofBuilds,
    ...originals.temporary,
    ...replies.temporary,
    ...caches.temporary,
    ...columns.temporary,
    ...layouts.temporary,
  ];
  const remover = new Remover(options);
  await remover.removeBuilds([...removed]);
  await remover.removeFolders('working folders', due(own.working));
  await remover.removeFolders(
    'unindexed builds',
    due(own.unindexed),
    async (folder) => !(await listBuildIds(db)).has(path.basename(folder)),
  );
  await remover.removeFiles('pixel caches', isTraining ? [] : own.pixels);
  await remover.removeFiles('checkpoints', await findCheckpoints(allRuns, config.name));
  await removeStoredFiles(remover, 'originals', { unknown: due(originals.unknown), findUnknown: findOriginals });
  await removeStoredFiles(remover, 'answers', { unknown: due(replies.unknown), findUnknown: findOutputs });
  await remover.removeFiles('test set caches', caches.unused);
  await remover.removeFiles('columns', columns.unused);
  await remover.removeFiles('layouts', layouts.unused);
  // A training run holds no lock of the database, and writes its pixels under a temporary name.
  await remover.removeFiles('temporary files', isTraining ? [] : due(temporary));
  return { freed: remover.freed, builds: remover.builds, holding: choice.holding };
}

/** Caches of what was measured of test images that the project does not name any more, or that were changed. */
async function findCaches(
  config: ProjectConfig,
): Promise<{ readonly unused: readonly Found[]; readonly temporary: readonly Found[] }> {
  const files = (await listFolder(path.join(config.paths.state, 'held-out'))).filter(({ isFolder }) => !isFolder);
  const named = files.filter(({ path: file }) => file.endsWith('.json'));
  const temporary = files.filter(({ path: file }) => file.endsWith('.tmp'));
  if (named.length === 0) return { unused: [], temporary };
  const current = new Set<string>();
  for (const { location } of heldOutSources(config)) {
    const name = await heldOutCacheName(path.resolve(config.paths.root, location)).catch((error: unknown) => {
      // A source that is gone has no cache to keep.
      if (isWinnowError(error)) return null;
      throw error;
    });
    if (name !== null) current.add(name);
  }
  return { unused: named.filter(({ path: file }) => !current.has(path.basename(file))), temporary };
}

/** What the studio reads of data sets, in files named after them, or after data set and split. @param builds those that stay */
async function findNamed(
  folder: string,
  builds: ReadonlySet<string>,
): Promise<{ readonly unused: readonly Found[]; readonly temporary: readonly Found[] }> {
  const files = (await listFolder(folder)).filter(({ isFolder }) => !isFolder);
  return {
    unused: files.filter(({ path: file }) => {
      const build = /^([^-]+)(?:-.+)?\.bin$/.exec(path.basename(file))?.[1];
      return build !== undefined && !builds.has(build);
    }),
    temporary: files.filter(({ path: file }) => file.endsWith('.tmp')),
  };
}

async function isHeld(lockPath: string): Promise<boolean> {
  const release = await tryLock(lockPath);
  await release?.();
  return release === null;
}
