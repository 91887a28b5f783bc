import type { Exchange, Throttle } from '../http/http-client';
import { httpFailure } from '../http/http-result';
import type { HttpResponse, HttpFailure } from '../http/http-result';
import { retryAfterMillis } from '../http/retry-after';
import { HostHeldBackError } from './host-rate-limiter';
import type { HostRateLimiter } from './host-rate-limiter';

/** Says why a URL must not be requested; undefined where it may be. */
export type Refusal = (url: URL) => Promise<HttpFailure | undefined>;

export interface HostThrottleOptions {
  readonly rateLimiter: HostRateLimiter;
  /** Asked in their order, before the host's turn is waited for. Default: none. */
  readonly refusals?: readonly Refusal[];
  /** Within the turn: what others have learnt while this request waited. */
  readonly beforeSend?: Refusal;
  /** Within the turn: what whoever is next in line must know. */
  readonly onResponse?: (response: HttpResponse, url: URL) => void;
}

/** After "too many requests" without more. */
const DEFAULT_WAIT_MILLIS = 1000;

/** Sends requests in their hosts' turns, where nothing forbids them. */
export class HostThrottle implements Throttle {
  readonly #options: HostThrottleOptions;

  constructor(options: HostThrottleOptions) {
    this.#options = options;
  }

  async run(url: URL, send: (onSent: () => void) => Promise<Exchange>, signal?: AbortSignal): Promise<Exchange> {
    const { rateLimiter, refusals = [], beforeSend, onResponse } = this.#options;
    const refusal = await firstRefusal(refusals, url);
    if (refusal !== undefined) return refusal;
    try {
      const exchangeInTurn = async (onSent: () => void): Promise<Exchange> => {
        const lateRefusal = await beforeSend?.(url);
        if (lateRefusal !== undefined) return lateRefusal;
        const exchange = await send(onSent);
        if ('redirect' in exchange || !exchange.ok) return exchange;
        onResponse?.(exchange, url);
        const waitMillis = statedWait(exchange, rateLimiter.nowMillis());
        if (waitMillis > 0) rateLimiter.holdBack(url.host, waitMillis);
        return exchange;
      };
      return await rateLimiter.run(url.host, exchangeInTurn, signal);
    } catch (error) {
      if (!(error instanceof HostHeldBackError)) throw error;
      return httpFailure('rate_limited', error.message, { retryAfterMillis: error.waitMillis, host: url.host });
    }
  }
}

/** What the first of some rules that forbids a URL says. */
export async function firstRefusal(refusals: readonly Refusal[], url: URL): Promise<HttpFailure | undefined> {
  for (const refusalOf of refusals) {
    const refusal = await refusalOf(url);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

/** How long a response asks to be left alone, milliseconds; 0 for most. */
function statedWait({ status, headers }: HttpResponse, nowMillis: number): number {
  // RFC 9110, 10.2.3; of a page that is not there it says nothing.
  if (status < 500 && status !== 429) return 0;
  return retryAfterMillis(headers['retry-after'], nowMillis) ?? (status === 429 ? DEFAULT_WAIT_MILLIS : 0);
}
