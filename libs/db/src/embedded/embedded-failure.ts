import { closeSync, openSync } from 'node:fs';
import { devNull } from 'node:os';
import { isNativeError } from 'node:util/types';
import { isWinnowError, WinnowError } from '@winnow/contracts';
import type { ErrorCode } from '@winnow/contracts';

/** PGlite's file system throws bare objects with WASI error numbers. */
const WASI_ERRORS: Readonly<Record<string, string>> = {
  2: 'EACCES',
  19: 'EDQUOT',
  20: 'EEXIST',
  31: 'EISDIR',
  33: 'EMFILE',
  41: 'ENFILE',
  51: 'ENOSPC',
  54: 'ENOTDIR',
  63: 'EPERM',
  69: 'EROFS',
};

interface Advice {
  readonly code: ErrorCode;
  readonly message: string;
  readonly next: string;
}

const NO_SPACE: Advice = {
  code: 'DISK_FULL',
  message: 'No space is left for the database',
  next: 'Free some space and run the command again; nothing that was stored is lost.',
};
const NOT_ALLOWED: Advice = {
  code: 'FILE_NOT_WRITABLE',
  message: 'The folder cannot be written',
  next: 'Change its permissions, or put the project file into a folder that you may write.',
};
const NOT_A_FOLDER: Advice = {
  code: 'FILE_NOT_WRITABLE',
  message: "A file is where the database's folder should be",
  next: 'Move or rename that file, and run the command again.',
};
const NOT_A_FILE: Advice = {
  code: 'FILE_NOT_WRITABLE',
  message: 'A folder is where a file of the database should be',
  next: 'Move or rename that folder, and run the command again.',
};
const TOO_MANY_FILES: Advice = {
  code: 'RESOURCE_LIMIT',
  message: 'Too many open files: this process may not open as many as the embedded database needs',
  next: 'Raise the limit (`ulimit -n 1024`) and run the command again; nothing that was stored is lost.',
};
const NO_MEMORY: Advice = {
  code: 'RESOURCE_LIMIT',
  message: 'The embedded database gets no memory: WebAssembly reserves more addresses than this process may use',
  next: 'Lift the limit of virtual memory (`ulimit -v unlimited`), or set DATABASE_URL to a Postgres server.',
};
const DAMAGED: Advice = {
  code: 'DATABASE_DAMAGED',
  message: 'The embedded database is damaged',
  next:
    'Originals, data sets, runs and teachers lie in files of their own and are not touched. ' +
    'Run `winnow db rescue PROJECT`: it makes a new database from what can be read and keeps the damaged one.',
};
const ADVICE: Readonly<Record<string, Advice>> = {
  ENOSPC: NO_SPACE,
  EDQUOT: NO_SPACE,
  EACCES: NOT_ALLOWED,
  EPERM: NOT_ALLOWED,
  EROFS: NOT_ALLOWED,
  EEXIST: NOT_A_FOLDER,
  ENOTDIR: NOT_A_FOLDER,
  EISDIR: NOT_A_FILE,
  EMFILE: TOO_MANY_FILES,
  ENFILE: TOO_MANY_FILES,
};

/** Of SQLSTATE: corrupted data, index or catalog, a file of the database that is gone, an internal failure on reading one. */
const DAMAGE_STATES: ReadonlySet<unknown> = new Set(['XX000', 'XX001', 'XX002', '58P01', '58030']);
/** What Postgres compiled to WebAssembly says when it gives up. */
const CRASHES = /Aborted\(|PGlite failed to initialize|^unreachable$|memory access out of bounds|PGlite is closed/i;
const NO_MEMORY_MESSAGES = /WebAssembly\.\w+\(\): (?:out of memory|could not allocate)|Cannot allocate Wasm memory/i;
/** Descriptors that Postgres opens for a query or two. */
const FILES_TO_TRY = 32;

/**
 * What an error of the embedded database comes to for a person: damage, a limit of the machine, a folder that cannot be
 * used.
 * @returns a WinnowError; undefined for an ordinary error of a query
 */
export function embeddedFailure(error: unknown, where: string): WinnowError | undefined {
  for (let current = error, depth = 0; current !== undefined && depth < 6; depth += 1) {
    if (isWinnowError(current)) return current;
    const advice = adviceFor(current);
    if (advice !== undefined) return toError(advice, where, error);
    current = (current as { cause?: unknown } | null)?.cause;
  }
  return undefined;
}

/** The same for a failure to open, where whatever is not known otherwise is told in its own words. */
export function openFailure(error: unknown, where: string): unknown {
  const failure = embeddedFailure(error, where);
  if (failure !== undefined || isNativeError(error)) return failure ?? error;
  return new WinnowError('DATABASE_DAMAGED', `The embedded database cannot be opened (${describe(error)})`, {
    where,
    next: `Check that the folder is readable and writable. ${DAMAGED.next}`,
    cause: error,
  });
}

/** The embedded database is damaged in a way that is known. @param detail what is wrong, a clause */
export function damagedDatabase(where: string, detail: string): WinnowError {
  return new WinnowError('DATABASE_DAMAGED', `${DAMAGED.message}: ${detail}`, { where, next: DAMAGED.next });
}

function toError({ code, message, next }: Advice, where: string, cause: unknown): WinnowError {
  const said = code === 'DATABASE_DAMAGED' ? `${message} (${describe(rootOf(cause))})` : message;
  return new WinnowError(code, said, { where, next, cause });
}

function adviceFor(error: unknown): Advice | undefined {
  const { code, errno, message } = (error ?? {}) as { code?: unknown; errno?: unknown; message?: unknown };
  // Errors of Node have negative numbers of another kind, and names.
  const name = typeof code === 'string' ? code : WASI_ERRORS[String(errno)];
  const known = name === undefined ? undefined : ADVICE[name];
  if (known !== undefined) return known;
  const text = typeof message === 'string' ? message : '';
  if (text.includes('No space left')) return NO_SPACE;
  if (text.includes('Permission denied')) return NOT_ALLOWED;
  if (/Too many open files/i.test(text)) return TOO_MANY_FILES;
  if (NO_MEMORY_MESSAGES.test(text)) return NO_MEMORY;
  const isBroken = DAMAGE_STATES.has(code) || code === '58P02' || CRASHES.test(text);
  if (!isBroken) return undefined;
  // Postgres in WebAssembly does not say that it was refused a descriptor: it trips over the file that it then misses.
  return isShortOfFiles() ? TOO_MANY_FILES : DAMAGED;
}

function isShortOfFiles(): boolean {
  const opened: number[] = [];
  try {
    while (opened.length < FILES_TO_TRY) opened.push(openSync(devNull, 'r'));
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EMFILE';
  } finally {
    opened.forEach((descriptor) => closeSync(descriptor));
  }
}

function rootOf(error: unknown): unknown {
  const cause = (error as { cause?: unknown } | null | undefined)?.cause;
  return cause === undefined ? error : rootOf(cause);
}

/** A few words about whatever was thrown. */
function describe(error: unknown): string {
  if (typeof error !== 'object' || error === null) return String(error);
  const { name, message, errno } = error as { name?: unknown; message?: unknown; errno?: unknown };
  if (typeof message === 'string' && message !== '') {
    return CRASHES.test(message) ? 'Postgres cannot start on its files' : message;
  }
  return [typeof name === 'string' ? name : 'unknown error', errno === undefined ? '' : `errno ${String(errno)}`]
    .filter((part) => part !== '')
    .join(', ');
}
