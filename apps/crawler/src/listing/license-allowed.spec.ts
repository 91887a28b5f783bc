import { licenseAllowed } from './license-allowed';

const hit = (license?: string, licenseUrl?: string) => ({
  imageUrl: 'http://img.test/',
  ...(license === undefined ? {} : { license }),
  ...(licenseUrl === undefined ? {} : { licenseUrl }),
});
const SEARCH_FILTERS = ['any', 'share', 'commercial', 'modify', 'modify-commercial', 'public-domain'] as const;

describe('licenseAllowed', () => {
  // One sign a wish, in the order of WISHES.
  it.each([
    ['CC0', '++++++'],
    ['pdm 1.0', '++++++'],
    ['Public domain', '++++++'],
    ['PD-old-100', '++++++'],
    ['United States Government Work', '++++++'],
    ['CC BY 2.0', '+++++-'],
    ['CC BY-SA 4.0', '+++++-'],
    ['by-nd 2.0', '+++---'],
    ['by-nc 2.0', '++-+--'],
    ['by-nc-sa 3.0', '++-+--'],
    ['CC BY-NC-ND 4.0', '++----'],
    ['No known copyright restrictions', '+-----'],
    ['All rights reserved', '+-----'],
    ['Pixabay', '+-----'],
    ['not CC BY', '+-----'],
    [undefined, '+-----'],
  ])('%p meets %s', (license, signs) => {
    expect(SEARCH_FILTERS.map((licenses) => (licenseAllowed(hit(license), { licenses }) ? '+' : '-')).join('')).toBe(
      signs,
    );
  });

  it('reads the address where the name is missing', () => {
    const byNc = hit(undefined, 'https://creativecommons.org/licenses/by-nc/4.0/');
    expect(SEARCH_FILTERS.filter((licenses) => licenseAllowed(byNc, { licenses }))).toEqual(['any', 'share', 'modify']);
  });

  it.each([
    ['CC BY-SA 4.0', ['cc0', 'by', 'by-sa', 'pdm'], true],
    ['by-sa 2.0', ['CC BY-SA'], true],
    ['BY-SA 2.0', ['cc by-sa 4.0'], false],
    ['CC BY-SA 4.0', ['Cc-By-Sa-4.0'], true],
    ['by-sa', ['by-sa 4.0'], false],
    ['CC BY-NC 4.0', ['cc0', 'by', 'by-sa', 'pdm'], false],
    ['4', ['by'], true],
    ['Public domain', ['pdm'], true],
    ['Public domain', ['CC0'], false],
    ['Pixabay License', ['by', 'pixabay license'], true],
    ['Pixabay License', ['pixabay'], false],
    ['No known copyright restrictions', ['no known copyright restrictions'], true],
    [undefined, ['by'], false],
    ['', ['by'], false],
  ])('%p with only %j allowed: %p', (license, allowLicenses, allowed) => {
    expect(licenseAllowed(hit(license), { licenses: 'any', allowLicenses })).toBe(allowed);
  });

  it('asks for both: the wish and the list', () => {
    const searchFilters = { licenses: 'commercial', allowLicenses: ['by', 'by-nc'] } as const;
    expect(['by 4.0', 'by-nc 4.0', 'cc0'].map((license) => licenseAllowed(hit(license), searchFilters))).toEqual([
      true,
      false,
      false,
    ]);
    const linked = hit(undefined, 'https://creativecommons.org/licenses/by/4.0/');
    expect(licenseAllowed(linked, searchFilters)).toBe(true);
  });
});
