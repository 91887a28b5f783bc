import { dirname } from 'node:path';
import { WinnowError } from '@winnow/contracts';
import type { ErrorCode } from '@winnow/contracts';

/**
 * `ENOENT` and the like of an error of node:fs, '' for anything else. Told by shape: an error from another realm
 * (a worker, a test environment) is no instance of this one's Error.
 */
export function systemErrorCode(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('code' in error)) return '';
  return typeof error.code === 'string' ? error.code : '';
}

interface Translation {
  readonly code: ErrorCode;
  readonly message: string;
  readonly next: (path: string) => string;
}

const fullDisk: Translation = {
  code: 'DISK_FULL',
  message: 'No space is left for this file',
  next: (path) => `Free some space on the disk that holds ${dirname(path)} and run the same command again.`,
};
const notWritable: Translation = {
  code: 'FILE_NOT_WRITABLE',
  message: 'This file may not be written',
  next: (path) => `Give your user write access to ${dirname(path)}, or choose another folder.`,
};
const notFound: Translation = {
  code: 'FILE_NOT_FOUND',
  message: 'This file or its folder does not exist',
  next: (path) => `Check the path and create ${dirname(path)} if it is missing.`,
};
const inTheWay: Translation = {
  code: 'FILE_NOT_WRITABLE',
  message: 'Something else of that name is in the way',
  next: (path) => `Move ${path} aside and run the same command again.`,
};

const TRANSLATIONS: ReadonlyMap<string, Translation> = new Map([
  ['ENOSPC', fullDisk],
  ['EDQUOT', fullDisk],
  ['EACCES', notWritable],
  ['EPERM', notWritable],
  ['EROFS', notWritable],
  ['ENOENT', notFound],
  ['ENOTDIR', inTheWay],
  ['EISDIR', inTheWay],
  ['EEXIST', inTheWay],
]);

/** The WinnowError for an error of node:fs about `path`; anything without a known code comes back as it is. */
export function fileError(error: unknown, path: string): unknown {
  const translation = TRANSLATIONS.get(systemErrorCode(error));
  if (translation === undefined) return error;
  return new WinnowError(translation.code, translation.message, {
    where: path,
    next: translation.next(path),
    cause: error,
  });
}
