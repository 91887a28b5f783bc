import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { WinnowError } from '@winnow/contracts';

/** As `winnow train` calls it. */
const FILE = 'student.safetensors';

/** Bytes of a run's weights file; null where it has none, as one that has not finished. */
export async function weightsBytesOf(folder: string): Promise<number | null> {
  const found = await stat(path.join(folder, FILE)).catch(() => null);
  return found?.isFile() === true ? found.size : null;
}

/**
 * The weights of a run.
 * @param recorded digest of them as the run wrote it down; undefined: an earlier winnow wrote none
 * @throws WinnowError MISSING_INPUT, DATA_CORRUPT
 */
export async function readStudentWeights(folder: string, recorded: string | undefined): Promise<Buffer> {
  const file = path.join(folder, FILE);
  const bytes = await readFile(file).catch(() => null);
  if (bytes === null) {
    throw new WinnowError('MISSING_INPUT', 'This run has no weights: it has not finished, or they were removed', {
      next: 'Train it again, or choose another run.',
    });
  }
  if (recorded === undefined || createHash('sha256').update(bytes).digest('hex') === recorded) return bytes;
  throw new WinnowError('DATA_CORRUPT', 'The weights were changed since they were written: their digest differs', {
    where: file,
    next: 'Put the file back from a copy, or move the folder of the run aside and train again.',
  });
}
