import fc from 'fast-check';
import { MAX_STALL_MILLIS, stallMillis } from '../spec-support/stall-millis';
import { parseTdmRules } from './tdm-rules';

const isReserved = (rules: unknown, path: string): boolean =>
  parseTdmRules(JSON.stringify(rules)).forbids(new URL(path, 'https://img.test'));
const reserve = (...locations: string[]) => locations.map((location) => ({ location, 'tdm-reservation': 1 }));
const free = (...locations: string[]) => locations.map((location) => ({ location, 'tdm-reservation': 0 }));

describe('tdmrep.json', () => {
  it.each([
    [reserve('/'), '/a.jpg', true],
    [reserve('/photos/'), '/photos/a.jpg', true],
    [reserve('/photos/*'), '/photos/a.jpg', true],
    [reserve('/*.jpg$'), '/x/a.jpg', true],
    [reserve('/*.jpg$'), '/x/a.jpg?size=2', false],
    [reserve('/*/b/*.jpg'), '/a/b/c/d.jpg', true],
    [reserve('/a$'), '/a', true],
    [reserve('/a$'), '/ab', false],
    [reserve('/a*a$'), '/a', false],
    [reserve('/photos/'), '/other/a.jpg', false],
    [[...reserve('/'), ...free('/open/')], '/open/a.jpg', false],
    [[...free('/open/'), ...reserve('/')], '/open/a.jpg', false],
    [[...free('/'), ...reserve('/')], '/a.jpg', true],
    [[...free('/')], '/a.jpg', false],
    [{ location: '/', 'tdm-reservation': 1 }, '/a.jpg', true],
    [[{ location: '/', 'tdm-reservation': '1' }, 7, null, { 'tdm-reservation': 1 }], '/a.jpg', false],
    [[], '/a.jpg', false],
  ])('%j for %s: %p', (rules, path, expected) => expect(isReserved(rules, path)).toBe(expected));

  it('reads the whole entries of a file that is cut', () => {
    const text = JSON.stringify(reserve('/photos/', '/art/'));
    const paths = parseTdmRules(text.slice(0, -4));
    expect(['/photos/a', '/art/a'].map((path) => paths.forbids(new URL(path, 'https://img.test')))).toEqual([
      true,
      false,
    ]);
  });

  it('reads anything, and knows patterns as a regular expression does', () => {
    expect(parseTdmRules('<html>').forbids(new URL('https://img.test/'))).toBe(false);
    const letters = fc.array(fc.constantFrom('a', 'b', '*'), { maxLength: 8 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(letters, fc.stringMatching(/^[ab]{0,10}$/), fc.boolean(), (pattern, path, isAnchored) => {
        const expression = new RegExp(`^/${pattern.replaceAll('*', '.*')}${isAnchored ? '$' : ''}`);
        const location = `/${pattern}${isAnchored ? '$' : ''}`;
        return isReserved(reserve(location), `/${path}`) === expression.test(`/${path}`);
      }),
      { numRuns: 1000, seed: 1 },
    );
  });

  it('is strict beyond the limits of rules, and fast', () => {
    const many = reserve(...Array.from({ length: 5000 }, (_, index) => `/x*${'a'.repeat(90)}${index}`));
    expect([isReserved(many, '/x'), isReserved(many, '/y')]).toEqual([true, false]);
    const rules = parseTdmRules(JSON.stringify(many));
    const path = new URL(`/x${'a'.repeat(8000)}`, 'https://img.test');
    expect(stallMillis(() => rules.forbids(path))).toBeLessThan(MAX_STALL_MILLIS);
  });
});
