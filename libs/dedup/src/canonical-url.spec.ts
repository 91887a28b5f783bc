import fc from 'fast-check';
import { canonicalUrl } from './canonical-url';

const canonical = (raw: string, base?: string): string => {
  const result = canonicalUrl(raw, base);
  return result.ok ? result.url : `refused: ${result.detail}`;
};

describe('canonicalUrl', () => {
  it.each([
    ['HTTP://Example.COM:80/A.jpg', 'http://example.com/A.jpg'],
    ['https://example.com:443', 'https://example.com/'],
    ['https://example.com:8443/a', 'https://example.com:8443/a'],
    ['https://example.com./a', 'https://example.com/a'],
    ['https://example.com/a.jpg#top', 'https://example.com/a.jpg'],
    ['  //cdn.example.com/a.jpg\n', 'https://cdn.example.com/a.jpg'],
    ['https://bücher.example/ü.jpg', 'https://xn--bcher-kva.example/%C3%BC.jpg'],
    ['https://example.com/a/../b/./c.jpg', 'https://example.com/b/c.jpg'],
    ['https://example.com/%7euser/%2fx%2F%41', 'https://example.com/~user/%2Fx%2FA'],
    // Decoded once: what was encoded twice stays encoded.
    ['https://example.com/%2541', 'https://example.com/%2541'],
    ['https://example.com/100%.jpg', 'https://example.com/100%25.jpg'],
    ['https://example.com/%2%35', 'https://example.com/%2525'],
    ['https://example.com/a?utm_source=x&w=200&fbclid=1&h=', 'https://example.com/a?w=200&h='],
    ['https://example.com/a?UTM_Campaign=x&gclid=2', 'https://example.com/a'],
    ['https://example.com/a?b=2&a=1&&', 'https://example.com/a?b=2&a=1'],
    ['https://example.com/a?', 'https://example.com/a'],
    ['https://example.com/a?url=http%3a%2f%2fx.example%2f', 'https://example.com/a?url=http%3A%2F%2Fx.example%2F'],
    ['http://0x7f000001/a', 'http://127.0.0.1/a'],
    ['http://[::FFFF:127.0.0.1]/a', 'http://[::ffff:7f00:1]/a'],
  ])('%s -> %s', (raw, expected) => {
    expect(canonical(raw)).toBe(expected);
  });

  it('resolves against the page', () => {
    expect(canonical('../img/a.jpg', 'https://example.com/blog/post/')).toBe('https://example.com/blog/img/a.jpg');
    expect(canonical('//cdn.example/a.jpg', 'http://example.com/')).toBe('https://cdn.example/a.jpg');
  });

  it.each([
    ['ftp://example.com/a', 'scheme ftp:'],
    ['data:image/png;base64,AAAA', 'scheme data:'],
    ['javascript:alert(1)', 'scheme javascript:'],
    ['file:///etc/passwd', 'scheme file:'],
    ['https://user:secret@example.com/a', 'user name or password in the URL'],
    ['https://user@example.com/a', 'user name or password in the URL'],
    ['a.jpg', 'not an absolute URL'],
    ['', 'not an absolute URL'],
    ['https://', 'not an absolute URL'],
    [`https://example.com/${'a'.repeat(4096)}`, 'longer than 4096 characters'],
    // Short as written, too long once its letters are escaped.
    [`https://example.com/${'ü'.repeat(1000)}`, 'longer than 4096 characters'],
  ])('refuses %s', (raw, detail) => {
    expect(canonicalUrl(raw)).toEqual({ ok: false, outcome: 'url_refused', detail });
  });

  it('leaves canonical URLs as they are', () => {
    const text = fc.string({ unit: fc.constantFrom(...'ab%2541eE./~ü &=?#@:+;|"<'), maxLength: 30 });
    fc.assert(
      fc.property(text, (rest) => {
        const first = canonicalUrl(`https://Example.com/${rest}`);
        if (first.ok) expect(canonicalUrl(first.url)).toEqual(first);
      }),
      { seed: 1, numRuns: 500 },
    );
  });
});
