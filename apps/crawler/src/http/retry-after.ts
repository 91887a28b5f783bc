/** No longer wait is believed: the time must stay one that databases and dates can hold, and a site may be wrong. */
const MAX_WAIT_MILLIS = 30 * 24 * 3600 * 1000;

/**
 * Reads a Retry-After header: seconds or an HTTP date.
 * @returns milliseconds from `nowMillis`, 0 to 30 days; undefined for a missing or broken one
 */
export function retryAfterMillis(value: string | undefined, nowMillis: number): number | undefined {
  if (value === undefined) return undefined;
  const text = value.trim();
  if (/^\d{1,300}$/.test(text)) return believableWait(Number(text) * 1000);
  // A number would be taken for a year.
  if (!/[a-z]/i.test(text)) return undefined;
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : believableWait(date - nowMillis);
}

/** A wait that a site states, milliseconds, within 0 and 30 days. */
export function believableWait(millis: number): number {
  return Math.min(Math.max(0, millis), MAX_WAIT_MILLIS);
}
