import { changedWishes } from './changed-search-filters';

describe('changedWishes', () => {
  const wishes = { licenses: 'commercial', safe: 'strict', filters: { size: 'large' } } as const;

  it('finds none where nothing but the form has changed', () => {
    expect(changedWishes(wishes, { ...wishes, allowLicenses: undefined })).toEqual([]);
    expect(changedWishes(wishes, { ...wishes, filters: { size: 'large', color: undefined } })).toEqual([]);
  });

  it('names those that did, were set or were taken back', () => {
    expect(changedWishes(wishes, { ...wishes, licenses: 'any', filters: {} })).toEqual(['licenses', 'filters']);
    expect(changedWishes(wishes, { ...wishes, allowLicenses: ['cc0'] })).toEqual(['allowLicenses']);
    expect(changedWishes({ ...wishes, allowLicenses: ['cc0'] }, wishes)).toEqual(['allowLicenses']);
  });
});
