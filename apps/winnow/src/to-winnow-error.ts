import { isWinnowError, WinnowError } from '@winnow/contracts';

const SYSTEM_ERRORS: Readonly<Record<string, (file: string | undefined, cause: unknown) => WinnowError>> = {
  ENOSPC: (file, cause) =>
    new WinnowError('DISK_FULL', 'No space is left on the disk', {
      where: file ?? 'unknown file',
      next: 'Free some space and run the command again; it goes on where it stopped.',
      cause,
    }),
  EACCES: notWritable,
  EPERM: notWritable,
  EROFS: notWritable,
};

function notWritable(file: string | undefined, cause: unknown): WinnowError {
  return new WinnowError('FILE_NOT_WRITABLE', 'A file or folder may not be used', {
    where: file ?? 'unknown file',
    next: 'Change its permissions, or work in a folder that is yours.',
    cause,
  });
}

/** The error a person gets: a WinnowError as it is, a system error in words, anything else as INTERNAL. */
export function toWinnowError(error: unknown): WinnowError {
  for (let current = error; current instanceof Error; current = current.cause) {
    if (isWinnowError(current)) return current;
    const { code, path } = current as NodeJS.ErrnoException;
    const known = code === undefined ? undefined : SYSTEM_ERRORS[code];
    if (known !== undefined) return known(path, error);
  }
  const message = error instanceof Error ? error.message : String(error);
  if (/No space left on device|could not extend file/i.test(message))
    return (SYSTEM_ERRORS['ENOSPC'] as (f: undefined, c: unknown) => WinnowError)(undefined, error);
  return new WinnowError('INTERNAL', `Unexpected failure: ${message}`, {
    next: 'Run the command again with --debug and report what it prints.',
    cause: error,
  });
}
