import { HostHeldBackError } from './host-rate-limiter';
import type { HostRateLimiter } from './host-rate-limiter';
import type { Hop } from '../http/http-client';
import { httpFailure } from '../http/http-result';
import type { HttpFailure } from '../http/http-result';
import { retryAfterMillis } from '../http/retry-after';

/** Decides whether and when one request is sent. */
export type AroundHop = (url: URL, send: (sent?: () => void) => Promise<Hop>) => Promise<Hop>;

/** After "too many requests" without more. */
const DEFAULT_WAIT_MILLIS = 1000;

/** How long an answer asks to be left alone; 0 for most. */
function statedWait(hop: Hop, nowMillis: number): number {
  // RFC 9110, 10.2.3; of a page that is not there it says nothing.
  if ('redirect' in hop || !hop.ok || (hop.status < 500 && hop.status !== 429)) return 0;
  const stated = retryAfterMillis(hop.headers['retry-after'], nowMillis);
  return stated ?? (hop.status === 429 ? DEFAULT_WAIT_MILLIS : 0);
}

/** Says why a URL must not be asked for; undefined where it may be. */
interface Refuser {
  refusal(url: URL): Promise<HttpFailure | undefined>;
}

/** A hop in its host's turn; with `robots`, only if robots.txt allows it. */
export function politeHop(gate: HostRateLimiter, robots?: Refuser): AroundHop {
  return async (url, send) => {
    const refusal = await robots?.refusal(url);
    if (refusal !== undefined) return refusal;
    try {
      return await gate.run(url.host, async (sent) => {
        const hop = await send(sent);
        // Within the turn: whoever is next in line must know.
        const waitMillis = statedWait(hop, gate.nowMillis());
        if (waitMillis > 0) gate.holdBack(url.host, waitMillis);
        return hop;
      });
    } catch (error) {
      if (!(error instanceof HostHeldBackError)) throw error;
      return httpFailure('rate_limited', error.message, { retryAfterMillis: error.waitMillis, host: url.host });
    }
  };
}
