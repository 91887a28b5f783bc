import CachePolicy from 'http-cache-semantics';
import type { HttpResponse } from './http-result';

/** No longer promise is believed: images change, and dates must stay ones that databases can hold. */
const MAX_FRESH_MILLIS = 365 * 24 * 3600 * 1000;

/**
 * Until when an answer holds by its own account (RFC 9111), milliseconds since 1970; undefined where it says nothing,
 * or that it must not be kept. The age of the file is no reason to guess. A 304 speaks for the answer that it
 * confirms.
 */
export function freshUntil({ headers }: Pick<HttpResponse, 'headers'>, nowMillis: number): number | undefined {
  const policy = new CachePolicy(
    { method: 'GET', headers: {} },
    // Without Date an answer is as old as its arrival.
    { status: 200, headers: { date: new Date(nowMillis).toUTCString(), ...headers } },
    { shared: false, cacheHeuristic: 0, immutableMinTimeToLive: 0 },
  );
  // Whole seconds, as headers state them: the library's own clock has gone on by a little.
  const freshMillis = Math.round(policy.maxAge() - policy.age()) * 1000;
  return freshMillis > 0 ? nowMillis + Math.min(freshMillis, MAX_FRESH_MILLIS) : undefined;
}
