import { detectSoftBlock } from '../listing/detect-soft-block';
import { expectSoundParser } from '../spec-support/expect-sound-parser';
import { fixturesAtHand, itShared, readFixture } from '../spec-support/shared-fixtures';
import { duckduckgo } from './duckduckgo';
import type { SearchFilters } from './engine';

const ANY = { licenses: 'any', safe: 'strict' } as const;
const urlOf = (cursor: { vqd?: string; s?: number } | null, filters: SearchFilters = ANY) =>
  duckduckgo.request({ text: 'tabby cat', cursor, filters }).url;
const meta = (url = urlOf({ vqd: '4-12', s: 0 }), status = 200) => ({ status, headers: {}, url, query: 'tabby cat' });
const item = (fields: Record<string, unknown> = {}) => ({
  image: 'https://img.test/a.jpg',
  thumbnail: 'https://img.test/t.jpg',
  title: 'A &quot;tabby&quot; &amp; &lt;b&gt;кот&lt;/b&gt;',
  url: 'https://page.test/a',
  width: 10,
  height: 20,
  ...fields,
});
const response = (results: readonly unknown[], more: object = { next: 'i.js?q=tabby%20cat&s=100' }) =>
  JSON.stringify({ query: 'tabby cat', results, ...more });
const TOKEN_PAGE = `<html><script>DDG.page={vqd="4-12345"};rqs="vqd=4-12345&p=1"</script></html>`;
const SAMPLE = response([item(), item({ image: 'http://img.test/b.png', width: undefined, height: null, title: 7 })]);

describe('duckduckgo', () => {
  it('asks for a token first, and for the results with it', () => {
    expect(urlOf(null)).toBe('https://duckduckgo.com/?q=tabby+cat&iar=images&t=h_');
    const request = duckduckgo.request({ text: 'cat', cursor: { vqd: '4-12', s: 100 }, filters: ANY });
    expect(request.headers).toMatchObject({ referer: 'https://duckduckgo.com/' });
    expect(Object.keys(request.headers ?? {})).not.toContain('cookie');
    const url = new URL(request.url);
    expect(`${url.host}${url.pathname}`).toBe('duckduckgo.com/i.js');
    expect(Object.fromEntries(url.searchParams)).toEqual({
      o: 'json',
      q: 'cat',
      u: 'bing',
      l: 'us-en',
      bpia: '1',
      vqd: '4-12',
      a: 'h_',
      p: '1',
      s: '100',
      f: 'time:,size:,color:,type:,layout:,license:',
    });
  });

  it('puts the filters that it has', () => {
    const filters: SearchFilters = {
      licenses: 'modify-commercial',
      safe: 'off',
      size: 'large',
      color: 'gray',
      type: 'illustration',
      aspect: 'wide',
      language: 'en-GB',
      after: '2020-01-01',
    };
    const { searchParams } = new URL(urlOf({ vqd: '4-12', s: 0 }, filters));
    expect(searchParams.get('f')).toBe(
      'time:,size:Large,color:Monochrome,type:clipart,layout:Wide,license:ModifyCommercially',
    );
    expect(searchParams.get('p')).toBe('-1');
    const regions = ['en-GB', 'ja', 'zh-TW', 'zh', 'ko', 'pt-BR', 'de'].map((language) =>
      new URL(urlOf({ vqd: '4-1', s: 0 }, { ...ANY, language })).searchParams.get('l'),
    );
    expect(regions).toEqual(['uk-en', 'jp-jp', 'tw-tzh', 'cn-zh', 'kr-kr', 'br-pt', 'de-de']);
    expect(duckduckgo.filters).not.toContain('after');
  });

  it('knows a token page by its body, and starts where it is to go on', () => {
    const token = { class: 'token', hits: [], next: { vqd: '4-12345', s: 0 } };
    expect(duckduckgo.parse(TOKEN_PAGE, meta(urlOf(null)))).toEqual(token);
    expect(duckduckgo.parse(TOKEN_PAGE, meta('https://other.test/x'))).toEqual(token);
    expect(duckduckgo.parse('<script>{"vqd":"4-12345"}</script>', meta(urlOf(null)))).toEqual(token);
    expect(duckduckgo.parse(TOKEN_PAGE, meta(urlOf({ s: 200 })))).toMatchObject({ next: { s: 200 } });
  });

  it('reads results, escaped titles, and those without sizes', () => {
    expect(duckduckgo.parse(SAMPLE, meta())).toEqual({
      class: 'ok',
      hits: [
        {
          imageUrl: 'https://img.test/a.jpg',
          pageUrl: 'https://page.test/a',
          thumbUrl: 'https://img.test/t.jpg',
          title: 'A "tabby" & <b>кот</b>',
          width: 10,
          height: 20,
        },
        { imageUrl: 'http://img.test/b.png', pageUrl: 'https://page.test/a', thumbUrl: 'https://img.test/t.jpg' },
      ],
      next: { vqd: '4-12', s: 100 },
    });
  });

  it('does not mind the order of keys, nor new ones', () => {
    const reordered = JSON.stringify({
      zz: { results: 1 },
      results: [Object.fromEntries(Object.entries(item({ extra: [1] })).reverse())],
      ads: null,
    });
    expect(duckduckgo.parse(reordered, meta()).hits).toEqual([duckduckgo.parse(SAMPLE, meta()).hits[0]]);
  });

  it('ends where no next page is stated, and goes on by the stated offset, but never back', () => {
    const nextOf = (next: unknown, s = 100) =>
      duckduckgo.parse(response([item()], { next }), meta(urlOf({ vqd: '4-12', s }))).next;
    expect(duckduckgo.parse(response([item()], {}), meta()).next).toBeNull();
    expect(nextOf('i.js?s=180')).toEqual({ vqd: '4-12', s: 180 });
    expect(nextOf('i.js?s=50')).toEqual({ vqd: '4-12', s: 200 });
    expect(nextOf('http://[broken')).toEqual({ vqd: '4-12', s: 200 });
    expect(nextOf('i.js?s=1000', 1000)).toBeNull();
  });

  it('tells empty, last page, CAPTCHA, rate limit and refusal apart', () => {
    const classOf = (body: string, url?: string, status?: number, hitCount = 0) =>
      detectSoftBlock(duckduckgo, duckduckgo.parse(body, meta(url, status)), { query: 'tabby cat', hitCount }).class;
    expect(classOf(response([]))).toBe('empty');
    expect(classOf(response([]), undefined, 200, 5)).toBe('soft_block');
    expect(classOf(response([]), urlOf({ vqd: '4-12', s: 100 }))).toBe('last_page');
    expect(classOf('<form id="challenge-form"></form>', undefined, 202)).toBe('captcha');
    expect(classOf('<form id="challenge-form"></form>', undefined, 403)).toBe('captcha');
    expect(classOf('<html>later</html>', undefined, 202)).toBe('rate_limited');
    expect(classOf('', undefined, 429)).toBe('rate_limited');
    expect(classOf('', undefined, 403)).toBe('denied');
    expect(classOf('', undefined, 418)).toBe('denied');
    const stock = Array.from({ length: 10 }, (_, index) => item({ title: `Office ${index}` }));
    expect(classOf(response(stock))).toBe('soft_block');
  });

  it.each([
    ['another name of the list', SAMPLE.replace('"results"', '"images"')],
    ['another name of the image', SAMPLE.replaceAll('"image"', '"media"')],
    ['a token page without its token', TOKEN_PAGE.replaceAll('vqd', 'key')],
    ['no page at all', ''],
  ])('takes %s for another format', (_name, body) => {
    expect(duckduckgo.parse(body, meta()).class).toBe('format_drift');
  });

  it('never throws, and reads most answers that have changed a little', () => {
    const names = ['tabby_cat_p1.json', 'golden_retriever_p3.json', 'tabby_cat_token.html', 'challenge_202.html'];
    expectSoundParser(duckduckgo, [SAMPLE, TOKEN_PAGE, ...fixturesAtHand(names.map((name) => `duckduckgo/${name}`))]);
  });

  itShared('follows the documented pages to the last (needs ../shared)', () => {
    const first = duckduckgo.parse(readFixture('duckduckgo/tabby_cat_token.html'), meta(urlOf(null)));
    expect(first).toMatchObject({ class: 'token', next: { vqd: '4-123456789012345678901234567890123456789', s: 0 } });
    let cursor = first.next as { vqd: string; s: number } | null;
    for (const page of [1, 2, 3]) {
      expect(cursor).toMatchObject({ s: 100 * (page - 1) });
      const parsed = duckduckgo.parse(readFixture(`duckduckgo/tabby_cat_p${page}.json`), meta(urlOf(cursor)));
      expect(parsed.hits).toHaveLength(100);
      expect(parsed.hits[0]?.title).toMatch(/^Tabby Cat photo #\d+ “studio” & friends$/);
      cursor = parsed.next as typeof cursor;
    }
    expect(cursor).toBeNull();
  });
});

describe('duckduckgo after a refusal', () => {
  it('asks for a new token and goes on where it was', () => {
    const cursor = duckduckgo.renewCursor?.({ vqd: '4-1', s: 200 });
    expect(cursor).toEqual({ s: 200 });
    const { url } = duckduckgo.request({
      text: 'cat',
      cursor: cursor ?? null,
      filters: { licenses: 'any', safe: 'strict' },
    });
    expect(new URL(url).pathname).toBe('/');
  });
});
