import fc from 'fast-check';

import { escapeHtml, html, trusted } from './markup';
import { webHost, webLink, webUrl } from './web-link';

describe('webUrl', () => {
  it.each([
    ['https://example.org/a b?q="x"', 'https://example.org/a%20b?q=%22x%22'],
    ['HTTP://EXAMPLE.org', 'http://example.org/'],
    ['javascript:alert(1)', null],
    [' java\nscript:alert(1)', null],
    ['data:text/html,x', null],
    ['vbscript:x', null],
    ['file:///etc/passwd', null],
    ['//example.org/a', null],
    ['/a', null],
    ['https://user:password@example.org/', null],
    [`https://example.org/${'a'.repeat(3000)}`, null],
    ['', null],
    [null, null],
  ])('%s', (text, expected) => {
    expect(webUrl(text)).toBe(expected);
  });

  it('never lets a quote or a tag through', () => {
    fc.assert(
      fc.property(fc.webUrl({ withQueryParameters: true, withFragments: true }), fc.string(), (url, tail) => {
        const link = webLink(url + tail, 'x').text;
        return (
          link === 'x' ||
          /^<a href="https?:[^"<>]*" target="_blank" rel="noopener noreferrer nofollow">x<\/a>$/.test(link)
        );
      }),
    );
  });
});

describe('webHost', () => {
  it('names the site', () => {
    expect(webHost('https://www.example.org/a')).toBe('example.org');
    expect(webHost('javascript:x')).toBeNull();
  });
});

describe('html', () => {
  it('escapes strings, joins lists, and leaves out what is not there', () => {
    expect(html`<b>${'<i>'}${[1, html`<br />`]}${null}${undefined}${false}${trusted('<hr />')}</b>`.text).toBe(
      '<b>&lt;i&gt;1<br /><hr /></b>',
    );
  });

  it('leaves no character that ends text or an attribute, for any string', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        (text) => !/[<>"'`]|&(?!(amp|lt|gt|quot|#39|#96);)/.test(escapeHtml(text)),
      ),
    );
  });

  it('removes what turns the reading order', () => {
    expect(escapeHtml('a\u202Egpj.exe\u0000\u2066b')).toBe('agpj.exeb');
  });
});
