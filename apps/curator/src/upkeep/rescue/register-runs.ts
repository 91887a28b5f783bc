import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { RunSummary } from '@winnow/contracts';
import { listBuildUses, listFinishedRuns, saveRun } from '@winnow/db';
import type { Database, RunRow } from '@winnow/db';
import type { RunManifest } from '@winnow/runs';

export interface RegisteredRuns {
  /** Finished runs that the database did not know. */
  readonly added: number;
  /** Folders of finished runs that cannot be read, or whose data set is gone. */
  readonly lost: readonly string[];
}

/** Stores finished runs that lie on disk and that the database does not know. One that was interrupted needs no row. */
export async function registerRuns(db: Database, runsDir: string): Promise<RegisteredRuns> {
  const names = (await readdir(runsDir).catch(() => [])).sort();
  const lost: string[] = [];
  let added = 0;
  for (const name of names) {
    const folder = path.join(runsDir, name);
    const state = await readJson<{ readonly status?: string }>(folder, 'state.json');
    if (state?.status !== 'finished') continue;
    const row = await readRun(db, folder);
    if (row === null) lost.push(folder);
    else if (!(await isKnown(db, row))) {
      await saveRun(db, row);
      added += 1;
    }
  }
  return { added, lost };
}

async function readRun(db: Database, folder: string): Promise<RunRow | null> {
  const manifest = await readJson<RunManifest>(folder, 'manifest.json');
  const config = await readJson<{ readonly student?: string; readonly split?: string | null }>(folder, 'config.json');
  const summary = await readJson<RunSummary>(folder, 'summary.json');
  if (manifest === null || config === null || summary === null) return null;
  const builds = await listBuildUses(db, manifest.project);
  const build = builds.find(({ digest }) => digest === manifest.buildDigest);
  if (build === undefined) return null;
  const { identity, project, method, seed } = manifest;
  return {
    ...{ identity, project, method, seed, summary },
    folder: path.basename(folder),
    buildId: build.id,
    splitId: config.split ?? null,
    model: config.student ?? summary.model,
  };
}

async function isKnown(db: Database, { project, identity }: RunRow): Promise<boolean> {
  return (await listFinishedRuns(db, project)).some((run) => run.identity === identity);
}

/** Null for a file that is gone or no JSON. */
async function readJson<T>(folder: string, name: string): Promise<T | null> {
  try {
    return JSON.parse(await readFile(path.join(folder, name), 'utf8')) as T;
  } catch {
    return null;
  }
}
