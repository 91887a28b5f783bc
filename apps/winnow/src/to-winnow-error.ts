import { isWinnowError, WinnowError } from '@winnow/contracts';

const SYSTEM_ERRORS: Readonly<Record<string, (file: string | undefined, cause: unknown) => WinnowError>> = {
  ENOSPC: (file, cause) =>
    new WinnowError('DISK_FULL', 'No space is left on the disk', {
      where: file ?? 'unknown file',
      next: 'Free some space and run the command again; it goes on where it stopped.',
      cause,
    }),
  EMFILE: tooManyFiles,
  ENFILE: tooManyFiles,
  EACCES: notWritable,
  EPERM: notWritable,
  EROFS: notWritable,
};

function tooManyFiles(file: string | undefined, cause: unknown): WinnowError {
  return new WinnowError('RESOURCE_LIMIT', 'Too many open files: this process may not open as many as it needs', {
    where: file,
    next: 'Raise the limit (`ulimit -n 1024`) and run the command again; it goes on where it stopped.',
    cause,
  });
}

function notWritable(file: string | undefined, cause: unknown): WinnowError {
  return new WinnowError('FILE_NOT_WRITABLE', 'A file or folder may not be used', {
    where: file ?? 'unknown file',
    next: 'Change its permissions, or work in a folder that is yours.',
    cause,
  });
}

/** Each WebAssembly memory reserves some 10 GB of addresses, whatever it uses. */
const NO_WASM_MEMORY = /WebAssembly\.\w+\(\): (?:out of memory|could not allocate)|Cannot allocate Wasm memory/i;

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
  if (NO_WASM_MEMORY.test(message)) {
    return new WinnowError('RESOURCE_LIMIT', 'WebAssembly gets no memory: this process may use too few addresses', {
      next: 'Lift the limit of virtual memory (`ulimit -v unlimited`) and run the command again.',
      cause: error,
    });
  }
  return new WinnowError('INTERNAL', `Unexpected failure: ${message}`, {
    next: 'Run the command again with --debug and report what it prints.',
    cause: error,
  });
}
