import { isNativeError } from 'node:util/types';

const NETWORK_CODES: ReadonlySet<unknown> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);
/**
 * Classes of SQLSTATE: connection exceptions, what a server says that stops or starts, and of a client that it gave up as
 * silent, or whose statement it took back because of a deadlock.
 */
const SQLSTATE = /^(?:08...|57P0[1-3]|57P05|25P03|40P01)$/;
const MESSAGES =
  /connection terminated|connection ended unexpectedly|timeout exceeded when trying to connect|client has encountered a connection error|not queryable/i;

const UNANSWERED_CODES: ReadonlySet<unknown> = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EHOSTUNREACH', 'ENETUNREACH']);

/** Whether an error says that nobody is there, rather than that a server stops, starts or was cut off. */
export function isUnanswered(error: unknown): boolean {
  if (!isNativeError(error)) return false;
  const { errors } = error as Partial<AggregateError>;
  if (Array.isArray(errors)) return errors.every(isUnanswered);
  return UNANSWERED_CODES.has((error as NodeJS.ErrnoException).code) || isUnanswered(error.cause);
}

/** Whether an error says that the server could not be reached or went away, rather than that it refused a query. */
export function isConnectionTrouble(error: unknown): boolean {
  let current: unknown = error;
  for (let depth = 0; depth < 6 && isNativeError(current); depth += 1) {
    const { code, syscall } = current as NodeJS.ErrnoException;
    // A socket's file that is gone.
    if (code === 'ENOENT' && syscall === 'connect') return true;
    if (NETWORK_CODES.has(code) || (typeof code === 'string' && SQLSTATE.test(code))) return true;
    if (MESSAGES.test(current.message)) return true;
    const { errors } = current as Partial<AggregateError>;
    if (Array.isArray(errors) && errors.some(isConnectionTrouble)) return true;
    current = current.cause;
  }
  return false;
}
