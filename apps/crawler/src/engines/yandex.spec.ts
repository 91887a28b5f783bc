import { detectSoftBlock } from '../listing/detect-soft-block';
import { expectSoundParser } from '../spec-support/expect-sound-parser';
import { fixturesAtHand, itShared, readFixture } from '../spec-support/shared-fixtures';
import { yandex } from './yandex';

const ANY = { licenses: 'any', safe: 'strict' } as const;
const meta = (page = 0, more: { status?: number; url?: string; headers?: Record<string, string> } = {}) => ({
  status: 200,
  headers: {},
  url: yandex.request({ text: 'cat', cursor: page === 0 ? null : { page }, filters: ANY }).url,
  query: 'cat',
  ...more,
});
const escape = (text: string) => text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
const state = (value: unknown) => `<div data-state="${escape(JSON.stringify(value))}"></div>`;
const list = (items: object, more: object = {}) => ({ initialState: { serpList: { items, ...more } }, page: 1 });
const page = (items: object, more: object = {}) =>
  `<!doctype html>${state({ form: {} })}${state({ note: '"serpList"' })}${state(list(items, more))}`;
const ENTITY = {
  id: 'a',
  pos: 0,
  origUrl: 'http://img.test/a.jpg?x=1&y=2',
  origWidth: 640,
  origHeight: 480,
  image: '//thumb.test/a',
  alt: 'other',
  snippet: { title: 'A <b>tabby</b> “cat” кошка', url: 'http://page.test/a', domain: 'page.test' },
  viewerData: {
    dups: [
      { url: 'http://img.test/a.jpg?x=1&y=2', w: 640, h: 480 },
      { url: 'http://other.test/same.jpg', w: 320, h: 240 },
    ],
  },
};
const HIT = {
  imageUrl: 'http://img.test/a.jpg?x=1&y=2',
  pageUrl: 'http://page.test/a',
  thumbUrl: 'https://thumb.test/a',
  title: 'A tabby “cat” кошка',
  width: 640,
  height: 480,
  engineDups: ['http://other.test/same.jpg'],
};
const SAMPLE = page({ keys: ['a'], entities: { a: ENTITY } }, { nextPageUrl: '/images/search?text=cat&p=1' });

describe('yandex', () => {
  it('pages from 0 and passes the filters on', () => {
    const filters = { ...ANY, size: 'medium', aspect: 'tall' } as const;
    const parameters = (cursor: { page: number } | null) =>
      Object.fromEntries(new URL(yandex.request({ text: 'tabby cat', cursor, filters }).url).searchParams);
    expect(parameters(null)).toEqual({ text: 'tabby cat', p: '0', isize: 'medium', iorient: 'vertical' });
    expect(parameters({ page: 2 })).toMatchObject({ p: '2' });
  });

  it('reads the state that holds results, past others, with the duplicates that the engine knows', () => {
    expect(yandex.parse(SAMPLE, meta())).toEqual({ class: 'ok', hits: [HIT], next: { page: 1 } });
    expect(yandex.parse(SAMPLE, meta(32)).next).toBeNull();
    expect(yandex.parse(page({ keys: ['a'], entities: { a: ENTITY } }), meta()).next).toBeNull();
  });

  it('reads reordered keys, more fields and fewer', () => {
    const reversed = Object.fromEntries([['new', [1]], ...Object.entries(ENTITY).reverse()]);
    expect(yandex.parse(page({ entities: { a: reversed } }), meta()).hits).toEqual([HIT]);
    const bare = { viewerData: { img_href: 'http://img.test/b.jpg' } };
    expect(yandex.parse(page({ keys: ['b', 'gone', 7], entities: { b: bare } }), meta()).hits).toEqual([
      { imageUrl: 'http://img.test/b.jpg' },
    ]);
    const copy = { viewerData: { preview: [{ url: 'http://img.test/c.jpg', w: 9, h: 8 }] } };
    expect(yandex.parse(page({ entities: { c: copy } }), meta()).hits).toEqual([
      { imageUrl: 'http://img.test/c.jpg', width: 9, height: 8 },
    ]);
  });

  it('reads what is whole of a damaged page', () => {
    const entities = { a: ENTITY, b: { ...ENTITY, origUrl: 'http://img.test/b.jpg' } };
    const whole = page({ keys: ['a', 'b'], entities });
    const urls = (body: string) => yandex.parse(body, meta()).hits.map(({ imageUrl }) => imageUrl);
    expect(urls(whole.slice(0, whole.indexOf('b.jpg')))).toEqual([HIT.imageUrl]);
    expect(urls(whole.replace('&quot;pos&quot;:0', '&quot;pos:0'))).toEqual(['http://img.test/b.jpg']);
  });

  it('keeps the rank: that of the keys, else the position', () => {
    const entities = {
      a: { ...ENTITY, pos: 2, origUrl: 'http://i.test/a' },
      b: { pos: 1, origUrl: 'http://i.test/b' },
    };
    const urls = (items: object) => yandex.parse(page(items), meta()).hits.map(({ imageUrl }) => imageUrl);
    expect(urls({ keys: ['a', 'b'], entities })).toEqual(['http://i.test/a', 'http://i.test/b']);
    expect(urls({ entities })).toEqual(['http://i.test/b', 'http://i.test/a']);
  });

  it('tells empty, last page, CAPTCHA and refusals apart', () => {
    const classOf = (body: string, ...facts: Parameters<typeof meta>) => yandex.parse(body, meta(...facts)).class;
    expect(classOf(page({ keys: [], entities: {} }))).toBe('empty');
    expect(classOf(page({ keys: [], entities: {} }), 3)).toBe('last_page');
    expect(classOf('<form class="CheckboxCaptcha">')).toBe('captcha');
    expect(classOf(SAMPLE, 0, { headers: { 'x-yandex-captcha': 'captcha' } })).toBe('captcha');
    expect(classOf('', 0, { url: 'https://yandex.com/showcaptcha?retpath=x' })).toBe('captcha');
    expect(classOf('', 0, { status: 302, headers: { location: '/showcaptcha?retpath=x' } })).toBe('captcha');
    expect(classOf('', 0, { status: 429 })).toBe('rate_limited');
    expect(classOf('', 0, { status: 403 })).toBe('denied');
  });

  const ALTERED = {
    'states are kept elsewhere': (body: string) => body.replaceAll('data-state=', 'data-bem='),
    'the list has another name': (body: string) => body.replaceAll('serpList', 'feed'),
    'the addresses have other names': (body: string) =>
      body.replaceAll(/&quot;(?:origUrl|img_href|url)&quot;/g, '&quot;u&quot;'),
  };
  it.each(Object.entries(ALTERED))('calls it drift when %s', (_, alter) => {
    expect(yandex.parse(alter(SAMPLE), meta()).class).toBe('format_drift');
  });
  itShared.each(Object.entries(ALTERED))('calls it drift when %s, documented page (needs ../shared)', (_, alter) => {
    expect(yandex.parse(alter(readFixture('yandex/tabby_cat_p2.html')), meta(1)).class).toBe('format_drift');
  });

  it('never throws, and reads most answers that have changed a little', () => {
    const names = ['tabby_cat_p1.html', 'golden_retriever_p3.html', 'showcaptcha_200.html'];
    expectSoundParser(yandex, [SAMPLE, ...fixturesAtHand(names.map((name) => `yandex/${name}`))]);
  });

  itShared.each([1, 2, 3])('reads page %i in the documented format (needs ../shared)', (number) => {
    const parsed = yandex.parse(readFixture(`yandex/tabby_cat_p${number}.html`), meta(number - 1));
    expect(parsed).toMatchObject({ class: 'ok', next: { page: number } });
    expect(parsed.hits).toHaveLength(30);
    const [first] = parsed.hits;
    expect(first).toMatchObject({
      title: expect.stringMatching(/^Tabby Cat photo #\d+ “studio” & friends$/),
      width: expect.any(Number),
      height: expect.any(Number),
      engineDups: [`${first?.imageUrl}?size=small`],
    });
  });

  itShared('reads the documented CAPTCHA by header or by markup (needs ../shared)', () => {
    const body = readFixture('yandex/showcaptcha_200.html');
    const judge = (headers: Record<string, string>) =>
      detectSoftBlock(yandex, yandex.parse(body, meta(0, { headers })), { query: 'cat', hitCount: 0 }).class;
    expect(judge({ 'x-yandex-captcha': 'captcha' })).toBe('captcha');
    expect(judge({})).toBe('captcha');
  });
});
