import { rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

import { syncFolder, writeNewFile } from './durable-writes';
import { fileError } from './file-error';

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
    await writeNewFile(temporary, bytes);
    await rename(temporary, path);
    await syncFolder(dirname(path));
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw fileError(error, path);
  }
}
