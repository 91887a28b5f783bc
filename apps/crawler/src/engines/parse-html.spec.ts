import { plainTitle, scanTags } from './parse-html';
import fc from 'fast-check';

const ATTRIBUTES = ['href', 'x', 'y', 'z', 'w', 'a', 'b'];

function tags(html: string): readonly object[] {
  const found: object[] = [];
  scanTags(html, ({ name, attribute }) => {
    const values = ATTRIBUTES.map((of) => [of, attribute(of)] as const).filter(([, value]) => value !== undefined);
    found.push({ name, ...Object.fromEntries(values) });
    return undefined;
  });
  return found;
}

describe('scanTags', () => {
  it('reads names and attributes however they are written', () => {
    expect(tags(`<A HREF="a&amp;b" x='1>"2' y=z w><br/></a >< b>`)).toEqual([
      { name: 'a', href: 'a&b', x: '1>"2', y: 'z', w: '' },
      { name: 'br' },
      { name: '/a' },
    ]);
    expect(tags('<li a=1 A=2 b = "3">')).toEqual([{ name: 'li', a: '1', b: '3' }]);
  });

  it('passes over comments and what scripts hold', () => {
    expect(tags('<!-- <a> --><script>"<b>"</script ><i><style><u></style>')).toEqual([
      { name: 'script' },
      { name: '/script' },
      { name: 'i' },
      { name: 'style' },
      { name: '/style' },
    ]);
    expect(tags('<script>"<b>"')).toEqual([{ name: 'script' }]);
    expect(tags('<!-- <a>')).toEqual([]);
    for (const quote of ['"', "'"]) {
      expect(tags(`<a x=${quote}never ends><b>`)).toEqual([{ name: 'a', x: 'never ends><b>' }]);
    }
    expect(tags('<a x=never')).toEqual([{ name: 'a', x: 'never' }]);
  });

  it('comes to an end on anything', () => {
    const piece = fc.constantFrom('<', '>', '"', "'", '=', '/', '<a ', '<!--', '<script', '</', ' ', '&#x110000;', 'x');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => tags(pieces.join('')).length <= 40),
      { numRuns: 500, seed: 1 },
    );
  });
});

describe('plainTitle', () => {
  it.each([
    ['<b>cats</b> &amp; <em class="x">dogs</em>', 'cats & dogs'],
    ['&lt;b&gt;cat&lt;/b&gt; &quot;x&quot; &apos;y&#39; &#x1F408;&nbsp;', '<b>cat</b> "x" \'y\' 🐈\u00A0'],
    ['M&uuml;ller &ndash; Caf&eacute;&hellip; &copy;', 'Müller – Café… ©'],
    ['&amp;lt;', '&lt;'],
    // Titles need not be escaped at all.
    ['R&D, &copy &unknown; &; a&lt', 'R&D, &copy &unknown; &; a&lt'],
    ['&#0;&#x110000;&#xD800;', '\uFFFD\uFFFD\uFFFD'],
  ])('%s', (escaped, text) => expect(plainTitle(escaped)).toBe(text));
});
