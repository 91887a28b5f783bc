import fc from 'fast-check';
import { licenseAddress, licenseName, LICENSE_IDS, licenseRank, normaliseLicense, statedLicense } from '../index';

describe('normaliseLicense', () => {
  it.each([
    ['by-sa 4.0', ['CC BY-SA 4.0', 'by-sa 4.0', 'cc-by-sa-4.0', 'CC_BY_SA 4.0', 'BY-SA v4.0', 'CC BY-SA 4.0 DE']],
    ['by-sa 4.0', ['Creative Commons Attribution-ShareAlike 4.0 International License', 'Attribution Share Alike 4.0']],
    ['by-sa 3.0', ['CC-BY-SA-3.0,2.5,2.0,1.0', 'CC BY-SA 3.0 igo']],
    ['by-nc 2.0', ['by-nc 2.0', 'Attribution-NonCommercial 2.0 Generic', '2', 'CC BY non-commercial 2.0']],
    ['by-nc-nd 2.0', ['CC BY-NC-ND 2.0', 'by-nd-nc 2.0', 'Attribution-NonCommercial-NoDerivs 2.0', '3']],
    ['by-nc-sa 2.0', ['1', 'by-nc-sa 2.0']],
    ['by 2.0', ['4', 'CC BY 2.0']],
    ['by-sa 2.0', ['5']],
    ['by-nd 2.0', ['6', 'Attribution-NoDerivs 2.0', 'by-no-derivatives 2.0']],
    ['by', ['Attribution', 'by', 'CC BY']],
    ['by 4.0', ['11']],
    ['by-sa 4.0', ['12']],
    ['by-nd 4.0', ['13']],
    ['by-nc 4.0', ['14']],
    ['by-nc-sa 4.0', ['15']],
    ['by-nc-nd 4.0', ['16']],
    ['cc0', ['CC0', 'cc-zero', 'cc 0', 'Creative Commons Zero']],
    ['cc0 1.0', ['cc0-1.0', 'CC0 1.0 Universal Public Domain Dedication', '9']],
    ['pdm 1.0', ['pdm 1.0', 'Public Domain Mark 1.0', '10', 'CC PDM 1.0']],
    ['pdm', ['Public domain', 'PD-old-100', 'PD', 'pdm', 'PD US Government', 'CC-PD-Mark']],
    ['us-gov', ['8', 'United States Government Work', 'US-Gov', 'U.S. Government Works']],
    ['no-known-restrictions', ['No known copyright restrictions', 'No restrictions', '7']],
    ['all-rights-reserved', ['All rights reserved', 'ALL RIGHTS RESERVED', '0']],
    [
      'by-sa 4.0',
      ['https://creativecommons.org/licenses/by-sa/4.0/', '//creativecommons.org/licenses/by-sa/4.0/deed.de'],
    ],
    [
      'by-nc-nd 3.0',
      ['http://www.creativecommons.org/licenses/by-nd-nc/3.0/us/', 'HTTP://CREATIVECOMMONS.ORG/licenses/by-nc-nd/3.0'],
    ],
    ['cc0 1.0', ['https://creativecommons.org/publicdomain/zero/1.0/?ref=openverse']],
    ['pdm 1.0', ['https://creativecommons.org/publicdomain/mark/1.0/']],
    ['pdm', ['https://creativecommons.org/licenses/publicdomain/']],
    ['no-known-restrictions', ['https://www.flickr.com/commons/usage/']],
  ])('%s: %j', (expected, spellings) => {
    const [id, version] = expected.split(' ');
    const license = version === undefined ? { id } : { id, version };
    expect(spellings.map(normaliseLicense)).toEqual(spellings.map(() => license));
  });

  it.each([
    [null, undefined, '', ' ', 'unknown', 'Pixabay', 'GFDL', 'FAL', '17', '99', '-1'],
    [
      'CC BY-SA 3.0 or GFDL',
      'not CC BY 4.0',
      'public domain? no',
      'standby',
      'CC',
      'NC',
      'sa',
      'by-sa-nd 4.0',
      'sampling+',
    ],
    [
      'https://example.org/licenses/by/4.0/',
      'https://creativecommons.org.evil.test/licenses/by/4.0/',
      'https://creativecommons.org/',
    ],
    ['https://creativecommons.org/licenses/sampling+/1.0/', 'by 4.0 '.repeat(100)],
  ])('does not guess at %j %j %j', (...texts) => {
    expect(texts.map(normaliseLicense)).toEqual(texts.map(() => undefined));
  });

  it('reads its own names and addresses', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...LICENSE_IDS),
        fc.constantFrom('1.0', '2.0', '2.5', '3.0', '4.0'),
        (id, version) => {
          const isVersioned = /^(?:by|cc0|pdm)/.test(id);
          const license = isVersioned ? { id, version } : { id };
          expect(normaliseLicense(licenseName(license))).toEqual(license);
          expect(normaliseLicense(licenseName({ id }))).toEqual({ id });
          expect(normaliseLicense(licenseAddress(license))).toEqual(isVersioned ? license : undefined);
        },
      ),
      { seed: 1 },
    );
  });

  it('takes any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
        const license = normaliseLicense(text);
        expect(license === undefined || LICENSE_IDS.includes(license.id)).toBe(true);
        expect(licenseRank(text)).toBeLessThanOrEqual(6);
      }),
      { seed: 1 },
    );
  });
});

describe('statedLicense', () => {
  const url = 'https://creativecommons.org/licenses/by-sa/4.0/';
  it.each([
    [{ license: 'by-sa' }, { id: 'by-sa' }],
    [{ licenseUrl: url }, { id: 'by-sa', version: '4.0' }],
    [
      { license: 'by-sa', licenseUrl: url },
      { id: 'by-sa', version: '4.0' },
    ],
    [
      { license: 'Some rights reserved', licenseUrl: url },
      { id: 'by-sa', version: '4.0' },
    ],
    [{ license: 'All rights reserved', licenseUrl: url }, { id: 'all-rights-reserved' }],
    [
      { license: 'by-sa 2.0', licenseUrl: url },
      { id: 'by-sa', version: '2.0' },
    ],
    [{ license: null, licenseUrl: null }, undefined],
  ])('%j', (stated, license) => {
    expect(statedLicense(stated)).toEqual(license);
  });
});
