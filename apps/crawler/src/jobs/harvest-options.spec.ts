import { changedSearchFilters, requireContact, userAgent } from './harvest-options';

describe('userAgent', () => {
  it.each([
    [undefined, 'winnow/0.1'],
    ['', 'winnow/0.1'],
    [' \u00e9\n', 'winnow/0.1'],
    ['you@example.org', 'winnow/0.1 (+you@example.org)'],
    ['https://example.org/\r\nx: y', 'winnow/0.1 (+https://example.org/x: y)'],
  ])('for contact %j is %s', (contact, expected) => {
    expect(userAgent(contact)).toBe(expected);
  });
});

describe('requireContact', () => {
  const ask = (contact: string | undefined, resolve: Record<string, string> = {}) =>
    requireContact({ contact, resolve }, 'p.yaml, harvest.contact');

  it.each([
    'me@birds.test',
    'https://my-example.org/crawl',
    'me@example.org.uk',
    'me@example.orgs.test',
    'Me <me@birds.test>',
  ])('takes %s', (contact) => expect(ask(contact)).toBeUndefined());

  it.each([undefined, '', ' \u00e9\n'])('asks for one instead of %j', (contact) => {
    expect(() => ask(contact)).toThrow('No contact for the owners');
    expect(ask(contact, { 'a.test': '127.0.0.1:1' })).toBeUndefined();
  });

  it.each([
    'hello',
    '12345',
    'you@localhost',
    'http://localhost:8080',
    'https://127.0.0.1/',
    'me@host.local',
    '@birds.test',
  ])('refuses %s, which leads to nobody', (contact) => {
    expect(() => ask(contact)).toThrow('is no mail address or URL that others can reach');
    expect(ask(contact, { 'a.test': '127.0.0.1:1' })).toBeUndefined();
  });

  it.each([
    'you@example.org',
    'mailto:you@Example.COM',
    'https://www.example.net/about',
    'https://example.org:8080',
    'me (you@mail.example.com)',
  ])('refuses %s, which nobody reads, but for stand-ins', (contact) => {
    expect(() => ask(contact)).toThrow('is that of an example');
    expect(ask(contact, { 'a.test': '127.0.0.1:1' })).toBeUndefined();
  });
});

describe('changedSearchFilters', () => {
  const filters = { licenses: 'commercial', safe: 'strict', filters: { size: 'large' } } as const;

  it('finds none where nothing but the form has changed', () => {
    expect(changedSearchFilters(filters, { ...filters, allowLicenses: undefined })).toEqual([]);
    expect(changedSearchFilters(filters, { ...filters, filters: { size: 'large', color: undefined } })).toEqual([]);
  });

  it('names those that did, were set or were taken back', () => {
    expect(changedSearchFilters(filters, { ...filters, licenses: 'any', filters: {} })).toEqual([
      'licenses',
      'filters',
    ]);
    expect(changedSearchFilters(filters, { ...filters, allowLicenses: ['cc0'] })).toEqual(['allowLicenses']);
    expect(changedSearchFilters({ ...filters, allowLicenses: ['cc0'] }, filters)).toEqual(['allowLicenses']);
  });
});
