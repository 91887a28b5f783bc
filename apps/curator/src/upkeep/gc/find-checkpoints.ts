import path from 'node:path';
import { fileSha256 } from '@winnow/files';
import type { RunRecord } from '@winnow/runs';
import { plainFileBytes } from '@winnow/shards';
import { listFiles } from './list-folder';
import type { Found } from './list-folder';

/** Of runs of before the manifest named it. */
const STUDENT_FILE = 'student.safetensors';

/**
 * Checkpoints of a project's finished runs: nothing reads them any more, as the weights, metrics and summary stay. Those
 * of a run whose weights are gone or were changed stay: they are all that is left of it.
 */
export async function findCheckpoints(runs: readonly RunRecord[], project: string): Promise<readonly Found[]> {
  const found: Found[] = [];
  for (const run of runs) {
    if (!run.finished || run.manifest.project !== project) continue;
    const checkpoints = await listFiles(path.join(run.folder, 'checkpoints'));
    if (checkpoints.length > 0 && (await hasItsWeights(run))) found.push(...checkpoints);
  }
  return found;
}

/** Whether the weights are there as the run wrote them; runs of before recorded no digest to hold them to. */
async function hasItsWeights({ folder, manifest: { weights } }: RunRecord): Promise<boolean> {
  const file = path.join(folder, weights?.name ?? STUDENT_FILE);
  if (typeof (await plainFileBytes(file)) !== 'number') return false;
  if (weights?.sha256 === undefined) return true;
  return fileSha256(file).then(
    (digest) => digest === weights.sha256,
    () => false,
  );
}
