/**
 * How freely a picture may be used, from what an engine said of its licence: 0 public domain, 1 attribution,
 * 2 share-alike, 3 no derivatives, 4 non-commercial, 5 another stated licence, 6 unknown. Lower is freer.
 */
export function licenseRank(license: string | null | undefined): number {
  const text = (license ?? '').toLowerCase().replace(/[\s_/:]+/g, '-');
  if (text === '' || text === 'unknown') return 6;
  if (/(?:^|-)(?:cc0|cc-zero|pdm?|public-?domain|us-gov)(?:$|[-.0-9])/.test(text)) return 0;
  if (!/(?:^|[^a-z])(?:cc|by|attribution)(?:$|[^a-z])/.test(text)) return 5;
  if (/(?:^|-)(?:nc|non-?commercial)(?:$|-)/.test(text)) return 4;
  if (/(?:^|-)(?:nd|no-?derivatives|no-?derivs)(?:$|-)/.test(text)) return 3;
  return /(?:^|-)(?:sa|share-?alike)(?:$|-)/.test(text) ? 2 : 1;
}
