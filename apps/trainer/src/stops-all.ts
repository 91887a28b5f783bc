import { type ErrorCode, isWinnowError } from '@winnow/contracts';

const STOPS: ReadonlySet<ErrorCode> = new Set([
  'DATABASE_BUSY',
  'DATABASE_DAMAGED',
  'DATABASE_UNREACHABLE',
  'DISK_FULL',
  'FILE_NOT_WRITABLE',
  'INTERRUPTED',
  'RESOURCE_LIMIT',
]);

/** Whether a failure concerns all runs of a command, not the one at work. */
export function stopsAll(error: unknown): boolean {
  return isWinnowError(error) && STOPS.has(error.code);
}
