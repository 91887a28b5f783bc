import type { HostRateLimiter } from './host-rate-limiter';
import type { HttpClient } from '../http/http-client';
import type { HttpResult } from '../http/http-result';
import { HostThrottle } from './throttle';

export interface PolicyFileSource {
  readonly http: HttpClient;
  readonly rateLimiter: HostRateLimiter;
  readonly signal: AbortSignal;
}

/** RFC 9309, 2.5: parsers must read at least 500 KiB; the rest is left out. */
const MAX_BYTES = 512_000;
const ATTEMPTS = 3;
const RETRY_MILLIS = 1000;

/**
 * Reads a file in which a host says what may be done with it. One that always breaks off is an answer that says so. Rejects only when the crawl is aborted.
 */
export async function fetchPolicyFile(
  { http, rateLimiter, signal }: PolicyFileSource,
  url: URL,
  accept: string,
): Promise<HttpResult> {
  for (let attempt = 1; ; attempt += 1) {
    const result = await http.get({
      url: url.href,
      headers: { accept },
      maxBytes: MAX_BYTES,
      overflow: 'cut',
      signal,
      throttle: new HostThrottle({ rateLimiter }),
    });
    signal.throwIfAborted();
    const failure = result.ok ? result.brokenOff : result;
    if (failure?.transient !== true || attempt === ATTEMPTS) return result;
    rateLimiter.holdBack(url.host, RETRY_MILLIS * attempt);
  }
}

/** The text of such a file, without a last line that was cut: half a rule is another one. */
export function policyLines(body: Buffer): string {
  return policyText(body.subarray(0, body.length < MAX_BYTES ? undefined : body.lastIndexOf('\n') + 1));
}

/** The text of such a file. Postgres keeps no NUL in texts. */
export function policyText(body: Buffer): string {
  return body
    .toString('utf8')
    .replaceAll('\u0000', '')
    .replace(/^\uFEFF/, '');
}

/** RFC 9309, 2.4: a copy should not be used for more than a day. */
const MAX_AGE_MILLIS = 24 * 3600 * 1000;
/** Sooner than URLs that failed are tried again. */
const TROUBLE_AGE_MILLIS = 10 * 60 * 1000;

interface StoredResponse {
  /** Null when no answer came. */
  readonly status: number | null;
  readonly fetchedAt: Date;
}

/** Until when an answer may be used instead of asking again: none at all, or one of a host in trouble, for less long. */
export function usableUntil(stored: StoredResponse): number {
  const isTrouble = stored.status === null || isServerTrouble(stored.status);
  return stored.fetchedAt.getTime() + (isTrouble ? TROUBLE_AGE_MILLIS : MAX_AGE_MILLIS);
}

/** Whether a stored answer may be used instead of asking again; a new process asks a host that was in trouble at once. */
export function isUsable(stored: StoredResponse, nowMillis: number): boolean {
  const age = nowMillis - stored.fetchedAt.getTime();
  return stored.status !== null && !isServerTrouble(stored.status) && age >= 0 && age < MAX_AGE_MILLIS;
}

export function isServerTrouble(status: number): boolean {
  return status >= 500 || status === 429;
}
