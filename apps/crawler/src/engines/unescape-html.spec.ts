import { unescapeHtml } from './unescape-html';

describe('unescapeHtml', () => {
  it.each([
    ['cats &amp; dogs', 'cats & dogs'],
    ['&lt;b&gt;cat&lt;/b&gt; &quot;x&quot; &apos;y&#39; &#x1F408;&nbsp;', '<b>cat</b> "x" \'y\' 🐈\u00A0'],
    ['&amp;lt;', '&lt;'],
    ['&copy &unknown; &; &#xFFFFFFF; &#0; &#x110000;', '&copy &unknown; &; &#xFFFFFFF; &#0; &#x110000;'],
  ])('%s', (escaped, text) => expect(unescapeHtml(escaped)).toBe(text));
});
