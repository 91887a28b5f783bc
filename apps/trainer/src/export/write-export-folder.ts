import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { fileError } from '@winnow/runs';

/**
 * Lets `fill` write a folder, which then appears at `folder` as a whole; where `fill` fails, nothing has changed.
 * @param isReplacement true: what is there goes away, at the last moment
 * @throws WinnowError FILE_NOT_WRITABLE, DISK_FULL, and what `fill` throws
 */
export async function writeExportFolder(
  folder: string,
  isReplacement: boolean,
  fill: (draft: string) => Promise<void>,
): Promise<void> {
  const parent = path.dirname(folder);
  const scratch = await mkdir(parent, { recursive: true })
    .then(() => mkdtemp(path.join(parent, `.${path.basename(folder)}.`)))
    .catch((error: unknown) => {
      throw fileError(error, folder);
    });
  const [draft, old] = [path.join(scratch, 'new'), path.join(scratch, 'old')];
  try {
    await mkdir(draft);
    await fill(draft);
    if (isReplacement) await rename(folder, old);
    await rename(draft, folder).catch(async (error: unknown) => {
      if (isReplacement) await rename(old, folder);
      throw fileError(error, folder);
    });
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
