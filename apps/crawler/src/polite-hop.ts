import { HostHeldBackError } from './host-gate';
import type { HostGate } from './host-gate';
import type { Hop } from './http/http-client';
import { httpFailure } from './http/http-result';
import type { RobotsPolicy } from './robots/robots-policy';

/** Decides whether and when one request is sent. */
export type AroundHop = (url: URL, send: (sent?: () => void) => Promise<Hop>) => Promise<Hop>;

/** A hop in its host's turn; with `robots`, only if robots.txt allows it. */
export function politeHop(gate: HostGate, robots?: RobotsPolicy): AroundHop {
  return async (url, send) => {
    const refusal = await robots?.refusal(url);
    if (refusal !== undefined) return refusal;
    try {
      return await gate.run(url.host, send);
    } catch (error) {
      if (!(error instanceof HostHeldBackError)) throw error;
      return httpFailure('rate_limited', error.message, { retryAfterMillis: error.waitMillis });
    }
  };
}
