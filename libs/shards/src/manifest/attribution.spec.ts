import type { Provenance, SampleRecord } from '@winnow/contracts';
import fc from 'fast-check';
import { attributionLines, bestSource, licenseLabel } from './attribution';

const NOTHING: Provenance = {
  engine: 'commons',
  query: 'cat',
  className: 'cat',
  page: 1,
  rank: 1,
  imageUrl: 'https://img.test/a.jpg',
  pageUrl: null,
  title: null,
  license: null,
  licenseUrl: null,
  creator: null,
};
const source = (changes: Partial<Provenance>): Provenance => ({ ...NOTHING, ...changes });

function record(key: string, provenance: readonly Provenance[]): SampleRecord {
  const image = { width: 1, height: 1, sha256: '', pixelSha256: '', pdq: '', pdqQuality: 0 };
  return { key, className: 'cat', label: 0, ...image, conflicts: [], copies: 1, provenance };
}

const HEADER = 'key\ttitle\tcreator\tlicense\tlicenseUrl\tpageUrl\timageUrl\talsoStated\n';
const rows = (...provenances: (readonly Provenance[])[]): string[] =>
  [...attributionLines(provenances.map((provenance, index) => record(String(index), provenance)))].slice(1);

describe('attributionLines', () => {
  it('names title, creator, licence and addresses of every image', () => {
    const tabby = source({
      title: 'A tabby',
      creator: 'Ada',
      license: 'by-sa 4.0',
      pageUrl: 'https://img.test/tabby page?a=1&b=2',
    });
    expect([...attributionLines([record('k1', [tabby]), record('k2', [source({})]), record('k3', [])])]).toEqual([
      HEADER,
      'k1\tA tabby\tAda\tCC BY-SA 4.0\thttps://creativecommons.org/licenses/by-sa/4.0/\t' +
        'https://img.test/tabby%20page?a=1&b=2\thttps://img.test/a.jpg\t\n',
      'k2\t\t\tnot stated\t\t\thttps://img.test/a.jpg\t\n',
      'k3\t\t\tnot stated\t\t\t\t\n',
    ]);
  });

  it('goes by the freest listing and names what else was stated', () => {
    const listings = [
      source({ title: 'unknown rights' }),
      source({ license: 'CC BY-NC 2.0', creator: 'Ben' }),
      source({ license: 'by 2.0', title: 'no creator' }),
      source({ license: 'CC BY 2.0', title: 'the one', creator: 'Cleo' }),
      source({ license: 'Pixabay; <License>', licenseUrl: 'https://pix.test/license' }),
      source({ license: 'by-nc 2.0' }),
    ];
    expect(bestSource(listings)?.title).toBe('the one');
    expect(rows(listings)).toEqual([
      '0\tthe one\tCleo\tCC BY 2.0\thttps://creativecommons.org/licenses/by/2.0/\t\thttps://img.test/a.jpg\t' +
        'CC BY-NC 2.0 https://creativecommons.org/licenses/by-nc/2.0/; Pixabay; &lt;License&gt; https://pix.test/license\n',
    ]);
    expect(rows([source({ licenseUrl: 'https://creativecommons.org/publicdomain/zero/1.0/deed.en' })])[0]).toContain(
      '\tCC0 1.0\thttps://creativecommons.org/publicdomain/zero/1.0/\t',
    );
    expect(licenseLabel(source({ license: ' ', licenseUrl: null }))).toBeNull();
  });

  it.each([
    ['=HYPERLINK("http://evil.test")', `'=HYPERLINK("http://evil.test")`],
    ['  +1', `'+1`],
    ['\u200e@SUM(A1)', `'@SUM(A1)`],
    ['＝1+1', `'＝1+1`],
    ['-', `'-`],
    ['<script>alert(1)</script> & co', '&lt;script&gt;alert(1)&lt;/script&gt; &amp; co'],
    ['a\tb\r\nc\u2028d\0e\x1b[31m', 'a b c d e [31m'],
    ['gnp.\u202egpj', 'gnp. gpj'],
    ['گربه\u200cها 猫 👩‍👧', 'گربه\u200cها 猫 👩‍👧'],
  ])('%j becomes %j', (title, cell) => {
    expect(
      rows([source({ title, creator: title })])[0]
        ?.split('\t')
        .slice(1, 3),
    ).toEqual([cell, cell]);
  });

  it.each([
    ['javascript:alert(1)', ''],
    ['data:text/html,x', ''],
    ['not a URL', ''],
    ['https://page.test/"><b>\t=1', 'https://page.test/%22%3E%3Cb%3E=1'],
    ["https://page.test/?q='`<", 'https://page.test/?q=%27%60%3C'],
  ])('the address %j becomes %j', (pageUrl, cell) => {
    expect(rows([source({ pageUrl })])[0]?.split('\t')[5]).toBe(cell);
  });

  it('keeps one line of eight harmless cells an image, whatever the web says', () => {
    const text = fc.option(fc.string({ unit: 'binary', maxLength: 30 }), { nil: null });
    const listing = fc
      .record({ title: text, creator: text, license: text, licenseUrl: text, pageUrl: text })
      .map((changes) => source(changes));
    fc.assert(
      fc.property(fc.array(fc.array(listing, { maxLength: 3 }), { maxLength: 3 }), (provenances) => {
        const lines = rows(...provenances);
        expect(lines).toHaveLength(provenances.length);
        for (const line of lines) {
          expect(line.endsWith('\n')).toBe(true);
          const cells = line.slice(0, -1).split('\t');
          expect(cells).toHaveLength(8);
          for (const cell of cells) expect(cell).not.toMatch(/^[=+\-@|%]|[<>\p{Cc}\u2028\u202e]/u);
        }
        expect(rows(...provenances)).toEqual(lines);
      }),
      { seed: 1 },
    );
  });
});
