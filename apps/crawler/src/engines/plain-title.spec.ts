import { plainTitle } from './plain-title';

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
