import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { compareText } from '@winnow/contracts';
import { ensureCrawlPlan, listWholeBuildIds, rescuedInputDigest, saveBuild } from '@winnow/db';
import type { Database } from '@winnow/db';
import { MANIFEST_FILES } from '@winnow/shards';
import type { LoadedBuild } from '@winnow/shards';
import { toRow } from '../../build/build-project';
import { inspectBuild } from '../../build/inspect-build';
import { countPlan } from '../../build/plan-counts';

export interface RegisteredBuilds {
  /** Ids of data sets that the database did not know, or not all samples of. */
  readonly added: readonly string[];
  /** Folders whose lists cannot be read. */
  readonly unreadable: readonly string[];
}

/** Folders under `builds` that hold a data set, the one that was written last first. */
export async function listBuildFolders(buildsDir: string): Promise<readonly string[]> {
  const names = await readdir(buildsDir).catch(() => []);
  const found = await Promise.all(
    names.map(async (name) => ({
      folder: path.join(buildsDir, name),
      facts: await stat(path.join(buildsDir, name, MANIFEST_FILES.dataset)).catch(() => undefined),
    })),
  );
  return found
    .flatMap(({ folder, facts }) =>
      facts === undefined || path.basename(folder).includes('.') ? [] : [{ folder, millis: facts.mtimeMs }],
    )
    .sort((a, b) => b.millis - a.millis || compareText(a.folder, b.folder))
    .map(({ folder }) => folder);
}

/** The lists of a data set, or null where they cannot be read. */
export async function readBuild(folder: string): Promise<LoadedBuild | null> {
  return (await inspectBuild(folder)).build;
}

/** Indexes data sets that lie on disk and that the database does not know, or not in full; the newest becomes the current one. */
export async function registerBuilds(db: Database, buildsDir: string): Promise<RegisteredBuilds> {
  const known = await listWholeBuildIds(db);
  const added: string[] = [];
  const unreadable: string[] = [];
  for (const folder of (await listBuildFolders(buildsDir)).toReversed()) {
    const id = path.basename(folder);
    if (known.has(id)) continue;
    const build = await readBuild(folder);
    if (build === null) {
      unreadable.push(folder);
      continue;
    }
    await registerBuild(db, id, build);
    added.push(id);
  }
  return { added, unreadable };
}

async function registerBuild(db: Database, id: string, { manifest, samples }: LoadedBuild): Promise<void> {
  const { name: project, classes, digest, config } = manifest;
  await ensureCrawlPlan(db, { project, classes, queries: [] });
  // How many originals there were, and what became of the others, stands in no file.
  const counts = countPlan(samples.length, samples, []);
  const record = { id, project, digest, inputDigest: rescuedInputDigest(id), sampleCount: samples.length, config };
  await saveBuild(db, { ...record, counts: { ...counts } }, { samples: samples.map(toRow), exclusions: [] });
}
