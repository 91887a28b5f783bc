/**
 * Reads a Retry-After header: seconds or an HTTP date.
 * @returns milliseconds from `nowMillis`, at least 0; undefined for a missing or broken one
 */
export function retryAfterMillis(value: string | undefined, nowMillis: number): number | undefined {
  if (value === undefined) return undefined;
  const text = value.trim();
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  // A number would be taken for a year.
  if (!/[a-z]/i.test(text)) return undefined;
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, date - nowMillis);
}
