import fc from 'fast-check';
import robotsParser from 'robots-parser';
import { MAX_STALL_MILLIS, stallMillis } from '../spec-support/stall-millis';
import { MAX_PATH_CHARACTERS } from './path-rules';
import { parseRobots } from './robots-rules';

const ORIGIN = 'https://img.test';
const forbids = (text: string, path: string): boolean =>
  parseRobots(text, 'winnow').paths.forbids(new URL(path, ORIGIN));
const forAll = (...lines: readonly string[]): string => ['User-agent: *', ...lines].join('\n');

describe('parseRobots', () => {
  it.each([
    ['the longest rule decides', ['Disallow: /a', 'Allow: /a/b'], '/a/b.jpg', false],
    ['of equally long ones the one that allows', ['Disallow: /a', 'Allow: /a'], '/a', false],
    ['the order does not matter', ['Allow: /a/b', 'Disallow: /a'], '/a/c', true],
    ['an empty rule says nothing', ['Disallow:'], '/a', false],
    ['a dollar sign is the end of the path', ['Disallow: /*.jpg$'], '/a.jpg', true],
    ['queries belong to the path', ['Disallow: /*.jpg$'], '/a.jpg?x', false],
    ['a dollar sign elsewhere is one', ['Disallow: /a$b'], '/a$b', true],
    ['upper and lower case of paths differ', ['Disallow: /A'], '/a', false],
    ['those of keys do not', ['DISALLOW : /a'], '/a', true],
    ['comments are left out', ['Disallow: /a # all of it'], '/a', true],
    ['bytes and characters are the same', ['Disallow: /ä%c3%b6'], '/%C3%A4ö', true],
    ['so are letters that need no escape (RFC 9309, 2.2.2)', ['Disallow: /foo/bar/%62%61%7A'], '/foo/bar/baz', true],
    ['and brackets', ['Disallow: /a[b]|'], '/a[b]|', true],
    ['an escaped star is no wildcard', ['Disallow: /a%2Ab'], '/axb', false],
    ['but a star', ['Disallow: /a%2Ab'], '/a*b', true],
  ])('%s', (_name, lines, path, expected) => expect(forbids(forAll(...lines), path)).toBe(expected));

  it('reads the groups that are for the crawler, and of all others only what is for all', () => {
    const text = `User-agent: other\nDisallow: /\n\nUser-agent: *\nDisallow: /every\nCrawl-delay: 3
      \nUser-Agent: WinNow/2.0\nUser-agent: another\nDisallow: /a\n\nUser-agent: x\nDisallow: /x\n
      \nuser-agent: winnow\nSitemap: ${ORIGIN}/map\nAllow: /a/b\nCrawl-delay: 5`;
    expect(['/a', '/a/b', '/every', '/x'].map((path) => forbids(text, path))).toEqual([true, false, false, false]);
    expect(parseRobots(text, 'winnow').crawlDelay).toBe(5);
    expect(['/a', '/every', '/x'].map((path) => parseRobots(text, 'z').paths.forbids(new URL(path, ORIGIN)))).toEqual([
      false,
      true,
      false,
    ]);
    expect(parseRobots(text, 'z').crawlDelay).toBe(3);
    // A line of no group ends none (RFC 9309, 2.2.4).
    expect(forbids('User-agent: winnow\nSitemap: x\nUser-agent: b\nDisallow: /', '/')).toBe(true);
    const delayed = 'User-agent: winnow\nCrawl-delay: 5\n\nUser-agent: other\nDisallow: /';
    expect([parseRobots(delayed, 'winnow').crawlDelay, forbids(delayed, '/')]).toEqual([5, true]);
    expect(forbids('User-agent: winnow\nCrawl-delay: 5\nAllow: /\nUser-agent: other\nDisallow: /', '/')).toBe(false);
  });

  it('agrees with robots-parser, but for delays within the head of a group', () => {
    const part = fc.constantFrom('/', 'a', 'b', 'B', '*', '$', '%c3', 'é', '.', '?', '=');
    const pattern = fc.array(part, { maxLength: 6 }).map((parts) => parts.join(''));
    const line = fc.oneof(
      fc.constantFrom('User-agent: *', 'user-agent:winnow/1.0', 'User-Agent: other', '', '# a', 'nothing', ':'),
      fc.constantFrom('Crawl-delay: 2', 'crawl-delay: x', 'Crawl-delay:'),
      fc
        .tuple(fc.constantFrom('Allow: ', 'Disallow:', ' disallow : '), fc.constantFrom('/', '/*', '', '*'), pattern)
        .map((parts) => parts.join('')),
    );
    const text = fc.tuple(fc.array(line, { maxLength: 12 }), fc.constantFrom('\n', '\r\n', '\r'));
    const path = fc.array(fc.constantFrom('/', 'a', 'b', 'B', '%C3', 'é', '.', '?', '='), { maxLength: 8 });
    fc.assert(
      fc.property(text, path, ([lines, end], parts) => {
        const keys = lines.flatMap((item) => /^\s*(user-agent|allow|disallow|crawl-delay)/i.exec(item)?.[1] ?? []);
        fc.pre(!/user-agent( crawl-delay)+ user-agent/i.test(keys.join(' ')));
        const robots = lines.join(end);
        const { href } = new URL(`${ORIGIN}/${parts.join('')}`);
        const known = robotsParser(`${ORIGIN}/robots.txt`, robots);
        const own = parseRobots(robots, 'winnow');
        expect(own.paths.forbids(new URL(href))).toBe(known.isDisallowed(href, 'winnow'));
        expect(own.crawlDelay).toBe(known.getCrawlDelay('winnow'));
      }),
      { numRuns: 5000, seed: 1 },
    );
  });

  describe('beyond its limits', () => {
    const wildcards = (count: number): string =>
      forAll(...Array.from({ length: count }, (_, index) => `Disallow: /x*y${index}`));

    it('takes a rule that forbids for what it begins with, and leaves one out that allows', () => {
      expect(forbids(wildcards(1000), '/x')).toBe(false);
      expect(forbids(wildcards(1001), '/x')).toBe(true);
      expect(forbids(wildcards(1001), '/z')).toBe(false);
      expect(forbids(`${wildcards(1001)}\nAllow: /x*`, '/x')).toBe(true);
      expect(forbids(`${wildcards(1001)}\nAllow: /x`, '/xz')).toBe(true);
      expect(forbids(`${wildcards(1001)}\nAllow: /x/longer`, '/x/longer')).toBe(false);
      expect(forbids(forAll(`Disallow: /x${'*a'.repeat(33)}$`), '/x')).toBe(true);
      expect(forbids(forAll(`Disallow: /x${'*a'.repeat(32)}$`), '/x')).toBe(false);
      expect(forbids(forAll('Disallow: /x', `Allow: /x${'*a'.repeat(33)}`), `/x${'a'.repeat(33)}`)).toBe(true);
    });

    it('forbids paths that are too long wherever anything is forbidden', () => {
      const long = `/${'a'.repeat(MAX_PATH_CHARACTERS)}`;
      expect(forbids(forAll('Disallow: /b'), long)).toBe(true);
      expect(forbids(forAll('Disallow: /b'), long.slice(1, -1))).toBe(false);
      expect(forbids(forAll('Disallow:', 'Allow: /'), long)).toBe(false);
    });
  });

  it('knows what memory its rules take: none where nothing is forbidden, each rule once', () => {
    const bytes = (lines: readonly string[]): number =>
      parseRobots(['User-agent: *', ...lines].join('\n'), 'winnow').paths.bytes;
    const paths = Array.from({ length: 1000 }, (_, index) => `/${index + 1000}`);
    const one = bytes(['Disallow: /a']);
    expect(bytes(Array<string>(62_000).fill('Allow:/'))).toBe(0);
    expect(bytes(paths.map((path) => `Allow: ${path}`))).toBe(0);
    expect(bytes(Array<string>(1000).fill('Disallow: /a'))).toBe(one);
    expect(bytes(paths.map((path) => `Disallow: ${path}`))).toBe(1000 * (one + 3));
    expect(one).toBeGreaterThan(100);
  });

  describe('holds up the crawl for no more than a second with half a megabyte of', () => {
    const fill = (line: (index: number) => string): string => {
      const lines = ['User-agent: *'];
      for (let index = 0, length = 0; length < 512_000; length += 1 + (lines.at(-1) ?? '').length) {
        lines.push(line(index));
        index += 1;
      }
      return lines.join('\n');
    };
    it.each<[string, string]>([
      ['wildcards', fill((index) => `Disallow: /${'*a'.repeat(115)}${index}`)],
      ['short wildcards', fill(() => 'Disallow: /*ab')],
      ['parts that nearly match', fill(() => `Disallow: /*${'a'.repeat(230)}b`)],
      ['parts that match last', fill(() => `Disallow: /*b${'a'.repeat(230)}`)],
      ['many parts that nearly match', fill(() => `Disallow: /*${'aaaaaab*'.repeat(8)}`)],
      ['wildcards in one rule', fill(() => `Disallow: /${'*a'.repeat(256_000)}`)],
      ['rules without wildcards', fill((index) => `Disallow: /a${index}`)],
      ['crawlers, each with every rule', fill((index) => (index < 20_000 ? `User-agent: ${index % 9}` : 'Allow: /*a'))],
      ['our name', fill((index) => (index < 20_000 ? 'User-agent: winnow' : 'Disallow: /*a'))],
      ['blanks', ' '.repeat(512_000)],
      ['lines', '\n'.repeat(512_000)],
      ['line ends of another kind', '\u2028'.repeat(170_000)],
      ['escapes', fill(() => `Disallow: /${'%4'.repeat(500)}`)],
      ['escaped letters', fill(() => `Disallow: /${'%61'.repeat(500)}`)],
      ['escaped bytes', fill(() => `Disallow: /${'%c3'.repeat(500)}`)],
      ['other letters', fill(() => `Disallow: /${'é'.repeat(500)}`)],
    ])('%s', (_name, text) => {
      let rules = parseRobots('', 'winnow');
      expect(stallMillis(() => (rules = parseRobots(text, 'winnow')))).toBeLessThan(MAX_STALL_MILLIS);
      for (const length of [4000, MAX_PATH_CHARACTERS - 1, 30_000]) {
        const url = new URL(`/${'a'.repeat(length)}`, ORIGIN);
        expect(stallMillis(() => rules.paths.forbids(url))).toBeLessThan(MAX_STALL_MILLIS);
      }
    });
  });
});
