import { hasContact, userAgent } from './harvest-options';

describe('userAgent', () => {
  it.each([
    [undefined, 'winnow/0.1'],
    ['', 'winnow/0.1'],
    [' \u00e9\n', 'winnow/0.1'],
    ['you@example.org', 'winnow/0.1 (+you@example.org)'],
    ['https://example.org/\r\nx: y', 'winnow/0.1 (+https://example.org/x: y)'],
  ])('for contact %j is %s', (contact, expected) => {
    expect(userAgent(contact)).toBe(expected);
    expect(hasContact(contact)).toBe(expected.includes('+'));
  });
});
