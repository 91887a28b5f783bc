import { normaliseLicense } from './normalise-license';
import type { LicenseId } from './normalise-license';

const RANKS: Record<LicenseId, number> = {
  cc0: 0,
  pdm: 0,
  'us-gov': 0,
  by: 1,
  'by-sa': 2,
  'by-nd': 3,
  'by-nc': 4,
  'by-nc-sa': 4,
  'by-nc-nd': 4,
  'no-known-restrictions': 5,
  'all-rights-reserved': 5,
};

/**
 * How freely an image may be used, from the name or address of its licence: 0 public domain, 1 attribution,
 * 2 share-alike, 3 no derivatives, 4 non-commercial, 5 another stated licence, 6 unknown. Lower is freer.
 */
export function licenseRank(license: string | null | undefined): number {
  const text = license?.trim().toLowerCase() ?? '';
  if (text === '' || text === 'unknown') return 6;
  const known = normaliseLicense(text);
  return known === undefined ? 5 : RANKS[known.id];
}
