import { isWinnowError, WinnowError } from '@winnow/contracts';
import { systemErrorCode } from '@winnow/files';

/** What a failure to write a file means for the person. */
export function writeFailure(error: unknown, path: string): unknown {
  if (isWinnowError(error)) return error;
  const code = systemErrorCode(error);
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new WinnowError('DISK_FULL', 'no room left while writing', {
      where: path,
      next: 'Free some space and run the same command again; finished shards are kept.',
      cause: error,
    });
  }
  if (code === '') return error;
  return new WinnowError('FILE_NOT_WRITABLE', `cannot write (${code})`, {
    where: path,
    next: 'Check that the folder exists and is writable.',
    cause: error,
  });
}

/** Next step where a shard is missing or shorter than recorded. */
export const REBUILD_SHARD = 'Run `winnow build` again: it rebuilds a data set with a shard missing or cut.';

/** What a failure to read a file means for the person. */
export function readFailure(error: unknown, path: string, next: string): unknown {
  if (isWinnowError(error)) return error;
  const code = systemErrorCode(error);
  if (code === '') return error;
  const message = code === 'ENOENT' ? 'file not found' : `cannot read (${code})`;
  return new WinnowError('FILE_NOT_FOUND', message, { where: path, next, cause: error });
}

/** Of a read that was still under way at the end: nobody would close what it opened again. */
export function closedFailure(path: string): WinnowError {
  return new WinnowError('INTERRUPTED', 'the images were closed while they were read', { where: path });
}
