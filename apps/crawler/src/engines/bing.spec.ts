import { expectSoundParser } from '../spec-support/expect-sound-parser';
import { fixturesAtHand, itShared, readFixture } from '../spec-support/shared-fixtures';
import { detectSoftBlock } from '../listing/detect-soft-block';
import { bing } from './bing';
import type { SearchFilters } from './engine';

const ANY = { licenses: 'any', safe: 'strict' } as const;
const meta = (query: string, first = 1, status = 200) => ({
  status,
  headers: {},
  url: bing.request({ text: query, cursor: { first }, filters: ANY }).url,
  query,
});
const item = (fields: Record<string, string>) =>
  `<li><a class="iusc" m="${JSON.stringify(fields).replaceAll('&', '&amp;').replaceAll('"', '&quot;')}"
    href="/images/search?mediaurl=x&amp;exph=20&amp;expw=10">x</a>
    <div class="img_info"><span class="nowrap">99 × 99 · jpeg</span></div></li>`;
const list = (items: string) => `<div><ul class="dgControl_list">${items}</ul></div>`;
/** The first few items: whole pages take long to parse two thousand times. */
const firstItems = (html: string) => {
  const parts = html.split(/(?=<li)/);
  return parts.length < 5 ? html : `${parts.slice(0, 5).join('')}</ul></div></div>`;
};
const SAMPLE = list(
  item({
    murl: 'http://img.test/a.jpg?x=1&y=2',
    purl: 'http://page.test/a',
    turl: 'http://img.test/t.jpg',
    t: 'A “tabby” & "cat"',
  }),
);

describe('bing', () => {
  it('pages by the count that it asks for', () => {
    const url = new URL(
      bing.request({ text: 'tabby cat', cursor: { first: 36 }, filters: { licenses: 'commercial', safe: 'moderate' } })
        .url,
    );
    expect(Object.fromEntries(url.searchParams)).toEqual({
      q: 'tabby cat',
      async: '1',
      first: '36',
      count: '35',
      adlt: 'moderate',
      qft: '+filterui:license-L2_L3_L4',
    });
  });

  it('puts the filters that it has', () => {
    const parametersOf = (filters: Partial<SearchFilters>) =>
      new URL(bing.request({ text: 'cat', cursor: null, filters: { ...ANY, ...filters } }).url).searchParams;
    const all = parametersOf({
      licenses: 'public-domain',
      size: 'large',
      color: 'red',
      type: 'drawing',
      aspect: 'tall',
      language: 'pt-BR',
      after: '2020-01-01',
    });
    expect(all.get('qft')).toBe(
      '+filterui:license-L1+filterui:imagesize-large+filterui:color2-FGcls_RED+filterui:photo-linedrawing' +
        '+filterui:aspect-tall',
    );
    expect(all.get('mkt')).toBe('pt-BR');
    expect(parametersOf({ color: 'gray' }).get('qft')).toBe('+filterui:color2-bw');
    expect(parametersOf({ color: 'color', language: 'de' }).get('mkt')).toBe('de-DE');
    expect(parametersOf({}).has('mkt')).toBe(false);
    expect(bing.filters).not.toContain('after');
  });

  it('does not mind other classes and keys, nor missing sizes', () => {
    const fields = { new: 'x', t: 'Кот <b>&amp;</b>', murl: 'http://img.test/a.jpg', purl: 'javascript:x' };
    const renamed = list(
      item(fields)
        .replace('class="iusc"', 'class="card"')
        .replace(/<div class="img_info">.*/, ''),
    );
    expect(bing.parse(renamed.replace(/&amp;exp[hw]=\d+/g, ''), meta('cat'))).toEqual({
      class: 'ok',
      hits: [{ imageUrl: 'http://img.test/a.jpg', title: 'Кот <b>&amp;</b>' }],
      next: null,
    });
  });

  it('reads the JSON in attributes', () => {
    expect(bing.parse(SAMPLE, meta('cat'))).toEqual({
      class: 'ok',
      hits: [
        {
          imageUrl: 'http://img.test/a.jpg?x=1&y=2',
          pageUrl: 'http://page.test/a',
          thumbUrl: 'http://img.test/t.jpg',
          title: 'A “tabby” & "cat"',
          width: 10,
          height: 20,
          mime: 'image/jpeg',
        },
      ],
      next: null,
    });
  });

  it('tells empty, last page, block, CAPTCHA, drift and refusals apart', () => {
    const classOf = (body: string, first?: number, status?: number) =>
      detectSoftBlock(bing, bing.parse(body, meta('cat', first, status)), { query: 'cat', hitCount: 0 }).class;
    expect(classOf(' \n')).toBe('empty');
    expect(classOf('', 36)).toBe('last_page');
    expect(classOf(list(''))).toBe('empty');
    expect(classOf(list('<li>new markup</li>'))).toBe('format_drift');
    expect(classOf(list('<li><a class="iusc" m="{broken">x</a></li>'))).toBe('format_drift');
    expect(classOf('<html>other</html>')).toBe('format_drift');
    expect(classOf('<div class="h-captcha"></div>')).toBe('captcha');
    expect(classOf('', 1, 429)).toBe('rate_limited');
    expect(classOf('', 1, 403)).toBe('denied');
    const stock = Array.from({ length: 10 }, (_, index) =>
      item({ murl: `http://img.test/${index}.jpg`, purl: 'http://page.test/', t: `Office stock ${index}` }),
    );
    expect(classOf(list(stock.join('')))).toBe('soft_block');
    // A query in another script says nothing about titles in English.
    expect(bing.parse(list(stock.join('')), meta('кошка')).class).toBe('ok');
  });

  it.each([
    ['another name of the attribute', SAMPLE.replaceAll(' m="', ' data-m="')],
    ['another name of the image', SAMPLE.replaceAll('murl', 'imgurl')],
    ['something other than JSON', SAMPLE.replaceAll('m="{', 'm="base64:')],
    ['another kind of list', SAMPLE.replaceAll(/<(\/?)(?:a|li|ul)\b/g, '<$1x-card').replaceAll(' m="', ' n="')],
  ])('takes %s for another format', (_name, body) => {
    expect(bing.parse(body, meta('cat')).class).toBe('format_drift');
  });

  it('never throws, and reads most answers that have changed a little', () => {
    const names = ['tabby_cat_p1.html', 'golden_retriever_p3.html', 'bad_item.html', 'empty_200.html'];
    const fixtures = fixturesAtHand(names.map((name) => `bing/${name}`));
    expectSoundParser(bing, [SAMPLE, ...fixtures.map(firstItems)]);
  });

  itShared.each([1, 2, 3])('reads page %i in the documented format (needs ../shared)', (page) => {
    const first = 1 + 35 * (page - 1);
    const parsed = bing.parse(readFixture(`bing/tabby_cat_p${page}.html`), meta('tabby cat', first));
    expect(parsed).toMatchObject({ class: 'ok', next: { first: first + 35 } });
    expect(parsed.hits).toHaveLength(35);
    expect(parsed.hits[0]?.title).toMatch(/^Tabby Cat photo #\d+ “studio” & friends$/);
    expect(parsed.hits[0]).toMatchObject({ width: expect.any(Number), height: expect.any(Number) });
  });

  itShared('reads the documented odd answers (needs ../shared)', () => {
    const query = 'tabby cat';
    const classOf = (name: string, first: number) =>
      detectSoftBlock(bing, bing.parse(readFixture(name), meta(query, first)), { query, hitCount: 0 }).class;
    expect(classOf('bing/empty_200.html', 1)).toBe('empty');
    expect(classOf('bing/empty_200.html', 106)).toBe('last_page');
    expect(classOf('bing/irrelevant_200.html', 1)).toBe('soft_block');
    expect(bing.parse(readFixture('bing/bad_item.html'), meta('tabby cat'))).toMatchObject({
      class: 'ok',
      hits: [{ imageUrl: 'http://img.fixture.test/ok.jpg' }],
    });
  });
});
