import path from 'node:path';
import type { ProjectConfig } from '@winnow/config';
import type { CommandIo } from '@winnow/contracts';
import { listBuildIds, listBuildUses, listTrainings, removeBuild, unknownAnswers, unknownOriginals } from '@winnow/db';
import type { BuildUse, Database } from '@winnow/db';
import { listRuns } from '@winnow/runs';
import { requireStore } from '@winnow/store';
import { collectObjects } from './collect-objects';
import { checkFilesKnown, checkProjectKnown } from './check-database-fits';
import { findBuildFiles, findCheckpoints, findStateFiles, findStoredFiles } from './find-unneeded';
import type { FindUnknown, StoredFiles } from './find-unneeded';
import { measureFolders } from './list-folder';
import type { Found } from './list-folder';
import { removeUnneeded } from './remove-unneeded';
import type { Unneeded } from './remove-unneeded';

export interface GcOptions {
  readonly config: ProjectConfig;
  readonly db: Database;
  readonly io: Pick<CommandIo, 'signal'>;
  /** Nothing is removed. */
  readonly isDryRun: boolean;
  /** Builds that were used last and stay, the current one among them. */
  readonly keep: number;
  readonly nowMillis: number;
  /** Nobody else works on the project: nothing needs time to get its row. */
  readonly isAlone: boolean;
  /** Whether files go although the database seems to be another one. It must know the project all the same. */
  readonly isForced: boolean;
}

export interface GcResult {
  /** By kind. */
  readonly freed: Readonly<Record<string, { readonly items: number; readonly bytes: number }>>;
  /** Objects of a store that go when nothing refers to them after a day either. */
  readonly condemned: number;
  /** Builds that were removed, or would be. */
  readonly builds: readonly string[];
  /** Builds that hold forgotten images and stay, as they are current or in use. */
  readonly holding: readonly (BuildUse & { readonly isCurrent: boolean })[];
}

/** What a file may wait for its row on a shared database. */
const GRACE_MILLIS = 24 * 3600 * 1000;
/** Of a project whose files are in a store. */
const NO_FILES: StoredFiles = { known: 0, unknown: [], temporary: [] };

/**
 * Removes what a project no longer needs. Of runs only the checkpoints of finished ones, and no file that a row of any
 * project refers to. A build's rows go before its folder: stopped in between, a folder without rows is left, which the
 * next call removes.
 * @throws WinnowError MISSING_INPUT where the database is not the one of the project, INTERRUPTED, FILE_NOT_WRITABLE
 */
export async function collectGarbage(options: GcOptions): Promise<GcResult> {
  const { config, db, isDryRun } = options;
  const { builds, blobs, state, runs } = config.paths;
  await checkProjectKnown(db, config);
  const allRuns = await listRuns(runs);
  const runDigests = new Set(allRuns.map(({ manifest }) => manifest.buildDigest));
  const uses = await listBuildUses(db, config.name);
  const removable = removableBuilds(uses, options.keep, runDigests);
  const known = await listBuildIds(db);
  const own = await findBuildFiles(builds, { known, removed: removable });
  const unknownIn: Record<'originals' | 'answers', FindUnknown> = {
    originals: (digests) => unknownOriginals(db, digests),
    answers: (digests) => unknownAnswers(db, digests),
  };
  await requireStore(db, config.store);
  const isInStore = config.store !== undefined;
  const originals = isInStore ? NO_FILES : await findStoredFiles(blobs, unknownIn.originals);
  if (!options.isForced)
    checkFilesKnown(config, own.finished, { known: originals.known, unknown: originals.unknown.length });
  const answers = isInStore ? NO_FILES : await findStoredFiles(path.join(state, 'answers'), unknownIn.answers);
  const remade = await findStateFiles(config, new Set([...known].filter((id) => !removable.has(id))));
  const temporary = [...own.temporary, ...originals.temporary, ...answers.temporary, ...remade.temporary];
  const isTraining = (await listTrainings(runs)).length > 0;
  const due = (found: readonly Found[]): readonly Found[] =>
    options.isAlone ? found : found.filter(({ changedMillis }) => changedMillis < options.nowMillis - GRACE_MILLIS);
  const isUnindexed = async ([id = '']: readonly string[]) => ((await listBuildIds(db)).has(id) ? [] : [id]);
  // Meanwhile it may have become the current one.
  const removeRows = async ([id = '']: readonly string[]) =>
    isDryRun || (await removeBuild(db, config.name, id)) ? [id] : [];
  const unneeded: Readonly<Record<string, Unneeded>> = {
    builds: { found: await measureFolders([...removable].map((id) => path.join(builds, id))), still: removeRows },
    'working folders': { found: due(own.working) },
    'unindexed builds': { found: due(own.unindexed), still: isUnindexed },
    'pixel caches': { found: isTraining ? [] : own.pixels },
    checkpoints: { found: await findCheckpoints(allRuns, config.name) },
    originals: { found: due(originals.unknown), still: unknownIn.originals },
    answers: { found: due(answers.unknown), still: unknownIn.answers },
    'test set caches': { found: remade.caches },
    'encoded images': { found: due(remade.encoded) },
    columns: { found: remade.columns },
    layouts: { found: remade.layouts },
    // A training run holds no lock of the database, and writes its pixels under a temporary name.
    'temporary files': { found: isTraining ? [] : due(temporary) },
  };
  // First, as it may refuse.
  const stored = !isInStore
    ? null
    : await collectObjects(options, GRACE_MILLIS, (counts) => {
        if (!options.isForced) checkFilesKnown(config, own.finished, counts);
      });
  const gone = new Map<string, readonly Found[]>();
  for (const [kind, files] of Object.entries(unneeded)) {
    gone.set(kind, await removeUnneeded(files, { isDryRun, signal: options.io.signal }));
  }
  const freed = [...gone].map(([kind, found]) => {
    return [kind, { items: found.length, bytes: found.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) }] as const;
  });
  return {
    freed: { ...Object.fromEntries(freed), ...stored?.freed },
    condemned: stored?.condemned ?? 0,
    builds: (gone.get('builds') ?? []).map((folder) => path.basename(folder.path)),
    holding: uses
      // The one that was used last comes first.
      .map((use, index) => ({ ...use, isCurrent: index === 0 }))
      .filter(({ id, forgottenSamples }) => forgottenSamples > 0 && !removable.has(id)),
  };
}

/**
 * Which builds may go: those that are neither current, nor among the `keep` that were used last, nor used by a split or
 * a run. A build that holds forgotten images is not kept for having been used lately.
 * @param uses the one that was used last first
 * @param runDigests of builds that a run folder names: unfinished runs are in no table
 */
function removableBuilds(
  uses: readonly BuildUse[],
  keep: number,
  runDigests: ReadonlySet<string>,
): ReadonlySet<string> {
  const removable = new Set<string>();
  for (const [index, { id, digest, splits, runs, forgottenSamples }] of uses.entries()) {
    const isUsed = splits > 0 || runs > 0 || runDigests.has(digest);
    if (index > 0 && !isUsed && (index >= keep || forgottenSamples > 0)) removable.add(id);
  }
  return removable;
}
