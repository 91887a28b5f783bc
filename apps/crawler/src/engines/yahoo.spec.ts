import { detectSoftBlock } from '../listing/detect-soft-block';
import { expectSoundParser } from '../spec-support/expect-sound-parser';
import { fixturesAtHand, itShared, readFixture } from '../spec-support/shared-fixtures';
import { yahoo } from './yahoo';

const ANY = { licenses: 'any', safe: 'strict' } as const;
const meta = (first = 1, more: { status?: number; url?: string; headers?: Record<string, string> } = {}) => ({
  status: 200,
  headers: {},
  url: yahoo.request({ text: 'cat', cursor: { first }, filters: ANY }).url,
  query: 'cat',
  ...more,
});
const escape = (text: string) => text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
const item = (fields: object) => `<li class="ld" data="${escape(JSON.stringify(fields))}"><a href="#"><img></a></li>`;
const list = (items: string) => `<html><body><ul id="sres">${items}</ul><ul><li>Help</li></ul></body></html>`;
const FIELDS = {
  iurl: 'http://img.test/small.jpg',
  ourl: 'http://img.test/a.jpg?x=1&y=2',
  turl: '//img.test/t.jpg',
  rurl: 'http://page.test/a',
  alt: 'A <b>tabby</b> &amp; “cat” кошка',
  w: '640',
  h: '480',
};
const SAMPLE = list(item(FIELDS));
const HIT = {
  imageUrl: 'http://img.test/a.jpg?x=1&y=2',
  thumbUrl: 'https://img.test/t.jpg',
  pageUrl: 'http://page.test/a',
  title: 'A tabby & “cat” кошка',
  width: 640,
  height: 480,
};

describe('yahoo', () => {
  it('pages by 60 and passes the filters on', () => {
    const { url } = yahoo.request({
      text: 'tabby cat',
      cursor: { first: 61 },
      filters: { licenses: 'modify-commercial', safe: 'strict', size: 'large', color: 'gray', type: 'illustration' },
    });
    expect(Object.fromEntries(new URL(url).searchParams)).toEqual({
      p: 'tabby cat',
      b: '61',
      imgl: 'fmsuc',
      imgsz: 'large',
      imgc: 'bw',
      imgty: 'clipart',
    });
  });

  it('reads the JSON in attributes, in any order, with more or fewer fields', () => {
    expect(yahoo.parse(SAMPLE, meta())).toEqual({ class: 'ok', hits: [HIT], next: null });
    const reordered = Object.fromEntries([['new', { a: [1] }], ...Object.entries(FIELDS).reverse()]);
    expect(yahoo.parse(list(item(reordered)), meta()).hits).toEqual([HIT]);
    const { w: _w, h: _h, ourl: _ourl, ...fewer } = FIELDS;
    const { width: _width, height: _height, ...smaller } = HIT;
    expect(yahoo.parse(list(item(fewer)), meta()).hits).toEqual([
      { ...smaller, imageUrl: 'http://img.test/small.jpg' },
    ]);
  });

  it('does without its markup: other classes, quotes, upper case, items between', () => {
    const other = `<OL ID=sres><LI data-x DATA='${JSON.stringify(FIELDS).replaceAll('&', '&amp;')}'></LI><li>ad</li></OL>`;
    expect(yahoo.parse(other, meta()).hits).toEqual([HIT]);
  });

  it('goes on after a full page only', () => {
    const full = Array.from({ length: 60 }, (_, index) => item({ ...FIELDS, ourl: `http://img.test/${index}.jpg` }));
    expect(yahoo.parse(list(full.join('')), meta(61)).next).toEqual({ first: 121 });
    expect(yahoo.parse(list(full.slice(1).join('')), meta(61)).next).toBeNull();
    expect(yahoo.parse(list(full.join('')), meta(961)).next).toBeNull();
  });

  it('tells empty, last page, consent, CAPTCHA and refusals apart', () => {
    const classOf = (body: string, ...facts: Parameters<typeof meta>) => yahoo.parse(body, meta(...facts)).class;
    expect(classOf(list(''))).toBe('empty');
    expect(classOf(list(''), 61)).toBe('last_page');
    expect(classOf('<form method="post" action="https://consent.yahoo.com/v2/collectConsent">')).toBe('consent');
    expect(classOf('', 1, { url: 'https://guce.yahoo.com/consent?x' })).toBe('consent');
    expect(classOf('', 1, { status: 302, headers: { location: 'https://consent.yahoo.com/v2' } })).toBe('consent');
    expect(classOf('<div class="g-recaptcha"></div>')).toBe('captcha');
    expect(classOf('', 1, { status: 429 })).toBe('rate_limited');
    expect(classOf('', 1, { status: 999 })).toBe('rate_limited');
    expect(classOf('', 1, { status: 403 })).toBe('denied');
  });

  const ALTERED = {
    'the list has another name': (body: string) => body.replace('id="sres"', 'id="results"'),
    'the items keep their facts elsewhere': (body: string) => body.replaceAll(' data="', ' data-v2="'),
    'the addresses have other names': (body: string) => body.replaceAll(/&quot;[io]url&quot;/g, '&quot;src&quot;'),
  };
  it.each(Object.entries(ALTERED))('calls it drift when %s', (_, alter) => {
    expect(yahoo.parse(alter(SAMPLE), meta()).class).toBe('format_drift');
  });
  itShared.each(Object.entries(ALTERED))('calls it drift when %s, documented page (needs ../shared)', (_, alter) => {
    expect(yahoo.parse(alter(readFixture('yahoo/tabby_cat_p1.html')), meta()).class).toBe('format_drift');
  });

  it('never throws, and reads most answers that have changed a little', () => {
    const names = ['tabby_cat_p1.html', 'golden_retriever_p1.html'];
    expectSoundParser(yahoo, [SAMPLE, ...fixturesAtHand(names.map((name) => `yahoo/${name}`))]);
  });

  itShared.each(['tabby_cat', 'golden_retriever'])('reads %s in the documented format (needs ../shared)', (name) => {
    const query = name.replace('_', ' ');
    const parsed = yahoo.parse(readFixture(`yahoo/${name}_p1.html`), { ...meta(), query });
    expect(detectSoftBlock(yahoo, parsed, { query, hitCount: 0 })).toMatchObject({ class: 'ok', next: { first: 61 } });
    expect(parsed.hits).toHaveLength(60);
    expect(parsed.hits[0]).toMatchObject({
      imageUrl: `http://img.fixture.test/${name}/0001.jpg`,
      pageUrl: `http://site1.fixture.test/${name}/post-1.html`,
      thumbUrl: `http://img.fixture.test/${name}/0001_t.jpg`,
      title: expect.stringMatching(/photo #1 “studio” & friends$/),
      width: expect.any(Number),
      height: expect.any(Number),
    });
  });
});
