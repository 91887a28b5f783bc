import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { WinnowError } from '@winnow/contracts';
import { readFailure, REBUILD_SHARD } from '../io-failure';

/**
 * Reads bytes at a place of a file (pread): how a sample is taken from a shard without reading the rest.
 * @param file an open file, or a path
 * @param where named in errors; the path, where one is given
 * @throws WinnowError DATA_CORRUPT where the file ends before, FILE_NOT_FOUND
 */
export async function readMember(
  file: FileHandle | string,
  offset: number,
  length: number,
  where: string = typeof file === 'string' ? file : 'shard',
): Promise<Buffer> {
  if (typeof file !== 'string') return readAt(file, offset, length, where);
  const handle = await open(file, 'r').catch((error: unknown) => {
    throw readFailure(error, file, REBUILD_SHARD);
  });
  try {
    return await readAt(handle, offset, length, where);
  } finally {
    await handle.close();
  }
}

async function readAt(file: FileHandle, offset: number, length: number, where: string): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(length);
  let done = 0;
  while (done < length) {
    const { bytesRead } = await file.read(bytes, done, length - done, offset + done);
    if (bytesRead === 0) {
      throw new WinnowError('DATA_CORRUPT', `the file ends ${length - done} bytes too early`, {
        where: `${where}, offset ${offset}`,
        next: REBUILD_SHARD,
      });
    }
    done += bytesRead;
  }
  return bytes;
}
