import { open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

import { fileError } from './file-error';
import { systemErrorCode } from './system-error-code';

let counter = 0;

/**
 * Writes a file so that a reader, or a machine that loses power, sees either the old or the new content:
 * temporary name, fsync, rename, fsync of the folder. The folder must exist.
 * @throws WinnowError DISK_FULL, FILE_NOT_WRITABLE or FILE_NOT_FOUND; the old content is then untouched
 */
export async function writeFileAtomic(path: string, bytes: Uint8Array | string): Promise<void> {
  counter += 1;
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}-${counter}.tmp`);
  try {
    const handle = await open(temporary, 'wx');
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, path);
    await syncFolder(dirname(path));
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw fileError(error, path);
  }
}

/** Makes a rename within `folder` durable; where a system cannot open folders, its rename already is. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => undefined);
  if (handle === undefined) return;
  try {
    await handle.sync();
  } catch (error) {
    const code = systemErrorCode(error);
    if (code !== 'EINVAL' && code !== 'EPERM' && code !== 'EISDIR') throw error;
  } finally {
    await handle.close();
  }
}
