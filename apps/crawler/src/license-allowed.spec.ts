import { licenseAllowed } from './license-allowed';

const hit = (license?: string) => ({ imageUrl: 'http://img.test/', ...(license === undefined ? {} : { license }) });

describe('licenseAllowed', () => {
  it.each([
    ['CC BY-SA 4.0', true, false],
    ['by-nc 2.0', false, false],
    ['CC0', true, true],
    ['Public domain', true, true],
    ['pdm 1.0', true, true],
    ['PD-old-100', true, true],
    [undefined, false, false],
  ])('%p: commercial %p, public domain %p', (license, commercial, publicDomain) => {
    expect(licenseAllowed(hit(license), { licenses: 'commercial' })).toBe(commercial);
    expect(licenseAllowed(hit(license), { licenses: 'public-domain' })).toBe(publicDomain);
    expect(licenseAllowed(hit(license), { licenses: 'any' })).toBe(true);
  });
});
