import { detectSoftBlock } from '../listing/detect-soft-block';
import { expectSoundParser } from '../spec-support/expect-sound-parser';
import { fixturesAtHand, itShared, readFixture } from '../spec-support/shared-fixtures';
import { qwant } from './qwant';

const ANY = { licenses: 'any', safe: 'strict' } as const;
const urlOf = (offset = 0) => qwant.request({ text: 'tabby cat', cursor: { offset }, filters: ANY }).url;
const meta = (url = urlOf(), status = 200) => ({ status, headers: {}, url, query: 'tabby cat' });
const item = (fields: Record<string, unknown> = {}) => ({
  title: 'Un chat tigré & son “maître”',
  media: 'https://img.test/a.jpg',
  thumbnail: '//s1.test/t.jpg',
  width: 10,
  height: 20,
  url: 'https://page.test/a',
  thumb_type: 'jpeg',
  ...fields,
});
const response = (items: readonly unknown[], more: object = {}) =>
  JSON.stringify({ status: 'success', data: { result: { total: 250, items, lastPage: false, ...more } } });
const SAMPLE = response([item(), item({ media: 'http://img.test/b.png', width: undefined, height: '' })]);

describe('qwant', () => {
  it('puts the filters that it has', () => {
    const parametersOf = (safe: 'moderate' | 'off', language?: string) =>
      Object.fromEntries(
        new URL(
          qwant.request({
            text: 'chat',
            cursor: { offset: 100 },
            filters: { licenses: 'any', safe, ...(language === undefined ? {} : { language }) },
          }).url,
        ).searchParams,
      );
    expect(parametersOf('moderate', 'fr')).toEqual({
      q: 'chat',
      count: '50',
      offset: '100',
      locale: 'fr_fr',
      device: 'desktop',
      safesearch: '1',
    });
    expect(parametersOf('off')).toMatchObject({ locale: 'en_us', safesearch: '0' });
    expect([...qwant.filters].sort()).toEqual(['language', 'safe']);
  });

  it('reads results, also those without sizes', () => {
    expect(qwant.parse(SAMPLE, meta())).toEqual({
      class: 'ok',
      hits: [
        {
          imageUrl: 'https://img.test/a.jpg',
          pageUrl: 'https://page.test/a',
          thumbUrl: 'https://s1.test/t.jpg',
          title: 'Un chat tigré & son “maître”',
          width: 10,
          height: 20,
        },
        {
          imageUrl: 'http://img.test/b.png',
          pageUrl: 'https://page.test/a',
          thumbUrl: 'https://s1.test/t.jpg',
          title: 'Un chat tigré & son “maître”',
        },
      ],
      next: { offset: 50 },
    });
  });

  it('does not mind the order of keys, nor new ones', () => {
    const items = [Object.fromEntries(Object.entries(item({ extra: null })).reverse())];
    const reordered = JSON.stringify({ data: { new: {}, result: { items } }, status: 'success' });
    expect(qwant.parse(reordered, meta()).hits).toEqual(qwant.parse(SAMPLE, meta()).hits.slice(0, 1));
  });

  it('ends where it says so, and after five pages', () => {
    expect(qwant.parse(response([item()], { lastPage: true }), meta()).next).toBeNull();
    expect(qwant.parse(response([item()]), meta(urlOf(150))).next).toEqual({ offset: 200 });
    expect(qwant.parse(response([item()]), meta(urlOf(200))).next).toBeNull();
  });

  it('tells empty, last page, CAPTCHA, rate limit and refusal apart', () => {
    const classOf = (body: string, url?: string, status?: number, hitCount = 0) =>
      detectSoftBlock(qwant, qwant.parse(body, meta(url, status)), { query: 'tabby cat', hitCount }).class;
    const failure = (data: object) => JSON.stringify({ status: 'error', data });
    expect(classOf(response([]))).toBe('empty');
    expect(classOf(response([]), urlOf(), 200, 50)).toBe('soft_block');
    expect(classOf(response([]), urlOf(50))).toBe('last_page');
    expect(classOf(failure({ error_code: 24 }))).toBe('rate_limited');
    expect(classOf(failure({ error_code: 24, error_data: { captchaUrl: 'https://x.test' } }))).toBe('captcha');
    expect(classOf(failure({ error_code: 22 }))).toBe('denied');
    const dataDome = '{"url":"https://geo.captcha-delivery.com/captcha/?initialCid=x"}';
    expect(classOf(dataDome)).toBe('captcha');
    expect(classOf(dataDome, undefined, 403)).toBe('captcha');
    expect(classOf('{}', undefined, 403)).toBe('denied');
    expect(classOf(failure({ error_code: 24 }), undefined, 429)).toBe('rate_limited');
  });

  it.each([
    ['another name of the list', SAMPLE.replace('"items"', '"mainline"')],
    ['another name of the image', SAMPLE.replaceAll('"media"', '"image"')],
    ['another answer around it', SAMPLE.replace('"result"', '"results"')],
    ['no JSON', '<html></html>'],
  ])('takes %s for another format', (_name, body) => {
    expect(qwant.parse(body, meta()).class).toBe('format_drift');
  });

  it('never throws, and reads most answers that have changed a little', () => {
    const names = ['tabby_cat_p1.json', 'golden_retriever_p1.json', 'error_24.json', 'datadome_403.json'];
    expectSoundParser(qwant, [SAMPLE, ...fixturesAtHand(names.map((name) => `qwant/${name}`))]);
  });

  itShared('reads the documented format (needs ../shared)', () => {
    const parsed = qwant.parse(readFixture('qwant/tabby_cat_p1.json'), meta());
    expect(parsed).toMatchObject({ class: 'ok', next: { offset: 50 } });
    expect(parsed.hits).toHaveLength(50);
    expect(parsed.hits[1]).toMatchObject({
      imageUrl: 'http://img.fixture.test/tabby_cat/0002.png',
      pageUrl: 'http://site2.fixture.test/tabby_cat/post-2.html',
      width: 672,
    });
  });
});
