const REFUSALS: ReadonlySet<string> = new Set(['noai', 'noimageai', 'noindex', 'noimageindex', 'none']);
/** Directives that have a value behind a colon: not user agents. */
const WITH_VALUE: ReadonlySet<string> = new Set([
  'max-snippet',
  'max-image-preview',
  'max-video-preview',
  'unavailable_after',
]);

/**
 * The directive of X-Robots-Tag headers that forbids this use, or undefined.
 * @param values one a header line, e.g. `otherbot: noai` or `noimageai, noindex`
 * @param agent our product token, lower case; directives for other agents do not count
 */
export function robotsTagRefusal(values: readonly string[], agent: string): string | undefined {
  for (const value of values) {
    let addressed = true;
    for (const part of value.toLowerCase().split(',')) {
      const colon = part.indexOf(':');
      const name = (colon < 0 ? '' : part.slice(0, colon)).trim();
      if (WITH_VALUE.has(name)) continue;
      if (colon >= 0) addressed = name === agent || name === '*';
      const directive = part.slice(colon + 1).trim();
      if (addressed && REFUSALS.has(directive)) return directive;
    }
  }
  return undefined;
}
