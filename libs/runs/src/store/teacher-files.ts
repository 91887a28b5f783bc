import { createHash } from 'node:crypto';
import { mkdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { fileSha256, writeFileAtomic } from '@winnow/files';

const FOLDER = 'teachers';
/** Of the folder of an imported teacher: it holds the digests of the others. */
const DESCRIPTION = 'teacher.json';

/**
 * Remembers the file that a teacher was read from, so that commands without networks can tell whether it is another now.
 * What is remembered of a teacher stays.
 * @param stateDir the project's `.winnow`
 * @param teacher digest of the network, as noise splits state it
 * @param weights absolute path of its file, or of the folder that `winnow teacher import` wrote
 * @throws WinnowError DISK_FULL, FILE_NOT_WRITABLE
 */
export async function recordTeacherFile(stateDir: string, teacher: string, weights: string): Promise<void> {
  if ((await recordedDigest(stateDir, teacher)) !== null) return;
  const digest = await fileDigest(weights);
  if (digest === null) return;
  await mkdir(path.join(stateDir, FOLDER), { recursive: true });
  await writeFileAtomic(recordOf(stateDir, teacher), `${digest}\n`);
}

/** Whether a teacher's file holds other bytes than when it was remembered; false where nobody remembers it. */
export async function isOtherTeacherFile(stateDir: string, teacher: string, weights: string): Promise<boolean> {
  const recorded = await recordedDigest(stateDir, teacher);
  return recorded !== null && recorded !== (await fileDigest(weights));
}

function recordOf(stateDir: string, teacher: string): string {
  return path.join(stateDir, FOLDER, `${createHash('sha256').update(teacher).digest('hex').slice(0, 16)}.sha256`);
}

async function recordedDigest(stateDir: string, teacher: string): Promise<string | null> {
  return readFile(recordOf(stateDir, teacher), 'utf8').then(
    (text) => text.trim(),
    () => null,
  );
}

/** Null where it cannot be read. */
async function fileDigest(weights: string): Promise<string | null> {
  try {
    const file = (await stat(weights)).isDirectory() ? path.join(weights, DESCRIPTION) : weights;
    return await fileSha256(file);
  } catch {
    return null;
  }
}
