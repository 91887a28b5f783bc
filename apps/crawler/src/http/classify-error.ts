import { AddressRefusedError, isError, toError } from './connector';
import { httpFailure } from './http-result';
import type { HttpFailure } from './http-result';

const TLS_CODE =
  /^(?:ERR_TLS|ERR_SSL|CERT_|EPROTO$|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|HOSTNAME_MISMATCH|INVALID_CA|ERROR_IN_CERT)/;

/** What an error of connecting or of the transport means. @param afterHeaders whether the body had begun */
export function classifyError(error: unknown, afterHeaders: boolean): HttpFailure {
  const cause = rootCause(error);
  if (cause instanceof AddressRefusedError) return httpFailure('address_refused', cause.message);
  const code = (cause as NodeJS.ErrnoException).code ?? '';
  const detail = code === '' ? cause.message : `${code}: ${cause.message}`.split('\n', 1).join('');
  if (TLS_CODE.test(code)) return httpFailure('tls_error', detail);
  if (code.includes('TIMEOUT') || code === 'ETIMEDOUT') return httpFailure('timeout', detail);
  // The server closed before the body was complete.
  if (afterHeaders) return httpFailure('truncated', detail, { transient: true });
  return httpFailure('network_error', detail, { transient: true });
}

function rootCause(error: unknown): Error {
  let current = toError(error);
  for (let depth = 0; depth < 5 && isError(current.cause); depth += 1) current = current.cause;
  const [first] = current instanceof AggregateError ? (current.errors as readonly unknown[]) : [];
  return isError(first) ? first : current;
}
