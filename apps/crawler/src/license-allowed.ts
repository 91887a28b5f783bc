import type { EngineHit } from '@winnow/contracts';
import type { SearchFilters } from './engines/engine';

/** Public domain and waivers: "cc0", "pdm", "CC0", "Public domain", "PD-old". */
const PUBLIC_DOMAIN = /\b(?:cc0|cc-zero|pdm|pd|public domain|no restrictions)\b/i;
const NON_COMMERCIAL = /\bnc\b|non-?commercial/i;

/** What a project says of licences. */
export interface LicenseWishes {
  readonly licenses: SearchFilters['licenses'];
  readonly allowLicenses?: readonly string[] | undefined;
}

/**
 * Whether a hit's stated licence meets the filter; for engines that cannot filter themselves. A hit that states none
 * meets only `any`.
 */
export function licenseAllowed(hit: EngineHit, { licenses: filter, allowLicenses }: LicenseWishes): boolean {
  if (allowLicenses !== undefined && hit.license === undefined) return false;
  if (filter === 'any') return true;
  const text = hit.license?.replace(/[-_]/g, ' ') ?? '';
  if (text === '') return false;
  if (filter === 'public-domain') return PUBLIC_DOMAIN.test(text);
  return !NON_COMMERCIAL.test(text);
}
