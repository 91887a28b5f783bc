import type { ResponseClass } from '@winnow/contracts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** How long an engine is left alone after an answer that is not one, milliseconds. */
const SUSPENSION_MILLIS: Readonly<Partial<Record<ResponseClass, number>>> = {
  rate_limited: 3 * MINUTE,
  denied: 3 * MINUTE,
  soft_block: HOUR,
  captcha: HOUR,
  format_drift: HOUR,
  // Only a person can give consent.
  consent: 24 * HOUR,
};

export const UNREACHABLE_MILLIS = 5 * MINUTE;

/** Undefined for answers that are no reason to suspend. */
export function suspensionMillis(responseClass: ResponseClass, retryAfter: number | undefined): number | undefined {
  const least = SUSPENSION_MILLIS[responseClass];
  return least === undefined ? undefined : Math.max(least, retryAfter ?? 0);
}

/** What the person should know about a block. */
export const BLOCK_ADVICE: Readonly<Partial<Record<ResponseClass, string>>> = {
  rate_limited: 'it asks for fewer requests',
  denied: 'it refused the request',
  soft_block: 'it answers with results that have nothing to do with the query',
  captcha: 'it wants proof of a human being',
  format_drift: 'its format has changed; the parser needs an update (`winnow engines parse`)',
  consent: 'it wants consent to its terms, which winnow never gives',
};
