import type { SearchFilters } from './engine';

interface FlickrLicense {
  readonly name: string;
  readonly url?: string;
}

const creative = (kind: string, version: '2.0' | '4.0'): FlickrLicense => ({
  name: `${kind} ${version}`,
  url: `https://creativecommons.org/licenses/${kind}/${version}/`,
});

/** By the ids of `flickr.photos.licenses.getInfo`; those from 11 on came in June 2025. */
const LICENSES: Readonly<Partial<Record<string, FlickrLicense>>> = {
  '0': { name: 'all rights reserved' },
  '1': creative('by-nc-sa', '2.0'),
  '2': creative('by-nc', '2.0'),
  '3': creative('by-nc-nd', '2.0'),
  '4': creative('by', '2.0'),
  '5': creative('by-sa', '2.0'),
  '6': creative('by-nd', '2.0'),
  '7': { name: 'no known copyright restrictions', url: 'https://www.flickr.com/commons/usage/' },
  '8': { name: 'United States government work', url: 'https://www.usa.gov/government-copyright' },
  '9': { name: 'cc0 1.0', url: 'https://creativecommons.org/publicdomain/zero/1.0/' },
  '10': { name: 'pdm 1.0', url: 'https://creativecommons.org/publicdomain/mark/1.0/' },
  '11': creative('by', '4.0'),
  '12': creative('by-sa', '4.0'),
  '13': creative('by-nd', '4.0'),
  '14': creative('by-nc', '4.0'),
  '15': creative('by-nc-sa', '4.0'),
  '16': creative('by-nc-nd', '4.0'),
};

/** "No known restrictions" (7) grants nothing, so no filter but `any` takes it. */
const IDS: Readonly<Record<SearchFilters['licenses'], string | undefined>> = {
  any: undefined,
  share: '1,2,3,4,5,6,8,9,10,11,12,13,14,15,16',
  commercial: '4,5,6,8,9,10,11,12,13',
  modify: '1,2,4,5,8,9,10,11,12,14,15',
  'modify-commercial': '4,5,8,9,10,11,12',
  'public-domain': '8,9,10',
};

/** The licence that a photo's `license` stands for; undefined for an id that came later. */
export function flickrLicense(id: unknown): FlickrLicense | undefined {
  const key = String(id);
  return Object.hasOwn(LICENSES, key) ? LICENSES[key] : undefined;
}

/** Ids between commas, for the parameter `license`; undefined asks for any. */
export function flickrLicenseIds(licenses: SearchFilters['licenses']): string | undefined {
  return IDS[licenses];
}
