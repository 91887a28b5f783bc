import { licenseRank } from './license-rank';

describe('licenseRank', () => {
  it.each([
    [0, ['CC0', 'cc0-1.0', 'pdm', 'Public domain', 'https://creativecommons.org/publicdomain/zero/1.0/']],
    [1, ['by', 'CC BY 4.0', 'cc-by-2.0', 'https://creativecommons.org/licenses/by/4.0/', 'Attribution']],
    [2, ['by-sa', 'CC BY-SA 3.0', 'https://creativecommons.org/licenses/by-sa/3.0/']],
    [3, ['by-nd', 'CC BY-ND 2.0']],
    [4, ['by-nc', 'by-nc-sa', 'CC BY-NC-ND 4.0', 'https://creativecommons.org/licenses/by-nc/4.0/']],
    [5, ['All rights reserved', 'Pixabay']],
    [6, [null, undefined, '', 'unknown']],
  ])('%d: %j', (rank, licenses) => {
    expect(licenses.map(licenseRank)).toEqual(licenses.map(() => rank));
  });
});
