import type { License, LicenseId } from './normalise-license';

const OTHER_NAMES: Partial<Record<LicenseId, string>> = {
  cc0: 'CC0',
  pdm: 'Public domain',
  'us-gov': 'United States Government work',
  'no-known-restrictions': 'No known copyright restrictions',
  'all-rights-reserved': 'All rights reserved',
};

/** The name that people know: `CC BY-SA 4.0`. */
export function licenseName({ id, version }: License): string {
  const name = OTHER_NAMES[id] ?? `CC ${id.toUpperCase()}`;
  if (version === undefined) return name;
  return id === 'pdm' ? `Public Domain Mark ${version}` : `${name} ${version}`;
}

/** Where a licence of Creative Commons can be read; undefined for other statements and without a version. */
export function licenseAddress({ id, version }: License): string | undefined {
  if (version === undefined) return undefined;
  if (id === 'cc0') return `https://creativecommons.org/publicdomain/zero/${version}/`;
  if (id === 'pdm') return `https://creativecommons.org/publicdomain/mark/${version}/`;
  return id.startsWith('by') ? `https://creativecommons.org/licenses/${id}/${version}/` : undefined;
}
