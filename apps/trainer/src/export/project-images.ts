import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import type { ProjectConfig } from '@winnow/config';
import { isWinnowError } from '@winnow/contracts';
import { readDataset } from '@winnow/shards';
import type { ProjectRun } from '../student/project-runs';
import type { ExportSources } from './export-images';

/**
 * The test images of a project, and the data set that a run of it learnt from, as far as they are there. Read from the
 * folders: the database may be another's for now.
 */
export async function projectImages(
  { paths, evaluate }: ProjectConfig,
  run: Pick<ProjectRun, 'name' | 'buildDigest'>,
): Promise<Pick<ExportSources, 'test' | 'pool'>> {
  const test = evaluate.test === undefined ? undefined : path.resolve(paths.root, evaluate.test);
  const isThere = test !== undefined && (await stat(test).catch(() => undefined)) !== undefined;
  return { test: isThere ? test : undefined, pool: await poolOf(paths.builds, run.buildDigest) };
}

async function poolOf(builds: string, digest: string): Promise<string | undefined> {
  const names = await readdir(builds).catch(() => []);
  for (const name of names.sort()) {
    const folder = path.join(builds, name);
    const manifest = await readDataset(folder).catch((error: unknown) => {
      if (isWinnowError(error)) return null;
      throw error;
    });
    if (manifest !== null && manifest.digest === digest) return folder;
  }
  return undefined;
}
