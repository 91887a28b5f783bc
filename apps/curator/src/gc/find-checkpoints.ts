import path from 'node:path';
import type { RunRecord } from '@winnow/runs';
import { plainFileBytes } from '@winnow/shards';
import { listFiles } from './list-folder';
import type { Found } from './list-folder';

/** Of runs of before the manifest named it. */
const STUDENT_FILE = 'student.safetensors';

/**
 * Checkpoints of a project's finished runs: nothing reads them any more, as the weights, metrics and summary stay. Those
 * of a run whose weights are gone stay: they are all that is left of it.
 */
export async function findCheckpoints(runs: readonly RunRecord[], project: string): Promise<readonly Found[]> {
  const found: Found[] = [];
  for (const { folder, finished, manifest } of runs) {
    if (!finished || manifest.project !== project) continue;
    const weights = path.join(folder, manifest.weights?.name ?? STUDENT_FILE);
    if (typeof (await plainFileBytes(weights)) !== 'number') continue;
    found.push(...(await listFiles(path.join(folder, 'checkpoints'))));
  }
  return found;
}
