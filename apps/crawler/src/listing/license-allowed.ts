import type { EngineHit } from '@winnow/contracts';
import { normaliseLicense, statedLicense } from '@winnow/dedup';
import type { License, LicenseId } from '@winnow/dedup';
import type { SearchFilters } from '../engines/engine';

type LicenseFilter = SearchFilters['licenses'];

/** What a project says of licences. */
export interface LicenseFilters {
  readonly licenses: LicenseFilter;
  /** Such as `cc0`, `by`, `CC BY-SA 4.0`; without a version, every version. */
  readonly allowLicenses?: readonly string[] | undefined;
}

const FREE: ReadonlySet<LicenseFilter> = new Set(['share', 'commercial', 'modify', 'modify-commercial']);
const PUBLIC_DOMAIN: ReadonlySet<LicenseFilter> = new Set([...FREE, 'public-domain']);
const NOTHING: ReadonlySet<LicenseFilter> = new Set();

/** The wishes that a licence meets. That no restrictions are known permits nothing: whoever says so has only not found any. */
const MEETS: Record<LicenseId, ReadonlySet<LicenseFilter>> = {
  cc0: PUBLIC_DOMAIN,
  pdm: PUBLIC_DOMAIN,
  'us-gov': PUBLIC_DOMAIN,
  by: FREE,
  'by-sa': FREE,
  'by-nd': new Set(['share', 'commercial']),
  'by-nc': new Set(['share', 'modify']),
  'by-nc-sa': new Set(['share', 'modify']),
  'by-nc-nd': new Set(['share']),
  'no-known-restrictions': NOTHING,
  'all-rights-reserved': NOTHING,
};

/**
 * Whether a hit's stated licence meets the filter, for engines that cannot filter themselves, and stands in the list
 * of allowed ones, if there is one. A hit that states none, or none that is understood, meets only `any`.
 */
export function licenseAllowed(hit: EngineHit, { licenses: searchFilter, allowLicenses }: LicenseFilters): boolean {
  const license = statedLicense(hit);
  if (searchFilter !== 'any' && (license === undefined || !MEETS[license.id].has(searchFilter))) return false;
  return allowLicenses === undefined || allowLicenses.some((allowed) => matches(allowed, hit, license));
}

function matches(allowed: string, hit: EngineHit, license: License | undefined): boolean {
  const wanted = normaliseLicense(allowed);
  // A licence without a name among ours: as it was stated.
  if (wanted === undefined) return hit.license?.trim().toLowerCase() === allowed.trim().toLowerCase();
  return wanted.id === license?.id && (wanted.version === undefined || wanted.version === license.version);
}
