import { detectSoftBlock } from '../listing/detect-soft-block';
import { expectSoundParser } from '../spec-support/expect-sound-parser';
import { fixturesAtHand, itShared, readFixture } from '../spec-support/shared-fixtures';
import { baidu, decipherBaiduUrl } from './baidu';

const ANY = { licenses: 'any', safe: 'strict' } as const;
const meta = (offset = 0, more: { status?: number; url?: string; headers?: Record<string, string> } = {}) => ({
  status: 200,
  headers: {},
  url: baidu.request({ text: 'cat', cursor: offset === 0 ? null : { offset }, filters: ANY }).url,
  query: 'cat',
  ...more,
});
const page = (...items: string[]) => `{"antiFlag":0,"listNum":9,"data":[${[...items, '{}'].join(',')}]}`;
const ITEM = String.raw`{"thumbURL":"http:\/\/thumb.test\/a","objURL":"ippr_z2C$qAzdH3FAzdH3Ft42_z&e3Bpjfp",
  "fromURL":"ippr_z2C$qAzdH3FAzdH3Frw2j_z&e3Bpjfp","width":640,"height":"480","type":"JPG",
  "replaceUrl":[{"ObjURL":"http:\/\/img.test\/a.jpg?x=1&y=2","FromURL":"http:\/\/page.test\/a"}],
  "fromPageTitle":"<strong>cat<\/strong> it\'s 猫 \x26 more"}`;
const HIT = {
  imageUrl: 'http://img.test/a.jpg?x=1&y=2',
  pageUrl: 'http://page.test/a',
  thumbUrl: 'http://thumb.test/a',
  title: "cat it's 猫 & more",
  width: 640,
  height: 480,
  mime: 'image/jpeg',
};

describe('baidu', () => {
  it('pages by 30 and passes the size on', () => {
    const { url } = baidu.request({ text: '虎斑猫', cursor: { offset: 60 }, filters: { ...ANY, size: 'large' } });
    expect(Object.fromEntries(new URL(url).searchParams)).toEqual({
      tn: 'resultjson_com',
      ipn: 'rj',
      ie: 'utf-8',
      oe: 'utf-8',
      word: '虎斑猫',
      pn: '60',
      rn: '30',
      z: '3',
    });
  });

  it('reads what is not quite JSON', () => {
    expect(baidu.parse(page(ITEM), meta())).toEqual({ class: 'ok', hits: [HIT], next: null });
    expect(baidu.parse(`\n${page(ITEM)},`.slice(0, -1), meta()).hits).toEqual([HIT]);
    expect(baidu.parse(page(ITEM).replace('cat it', 'cat\u0001\n it').replace(',{}]', ',{},]'), meta()).hits).toEqual([
      HIT,
    ]);
  });

  it('deciphers addresses where no plain one is given', () => {
    const ciphered = ITEM.replace('replaceUrl', 'gone');
    expect(baidu.parse(page(ciphered), meta()).hits).toEqual([
      { ...HIT, imageUrl: 'http://img.test', pageUrl: 'http://page.test' },
    ]);
    const refused = ITEM.replace('http:\\/\\/img.test', 'javascript:x');
    expect(baidu.parse(page(refused), meta()).hits).toEqual([
      { ...HIT, imageUrl: 'http://img.test', pageUrl: 'http://page.test' },
    ]);
  });

  it('reads reordered keys, more fields and fewer', () => {
    const reversed = Object.fromEntries([
      ['new', null],
      ['type', 7],
      ['replaceUrl', [{ ObjUrl: 'http://img.test/b.png' }]],
    ]);
    expect(baidu.parse(page(JSON.stringify(reversed), 'null', '3'), meta()).hits).toEqual([
      { imageUrl: 'http://img.test/b.png' },
    ]);
  });

  it('reads what is whole of a damaged answer', () => {
    const damaged = ITEM.replace('"width"', '"width');
    expect(baidu.parse(page(ITEM, damaged, ITEM), meta()).hits).toEqual([HIT, HIT]);
    expect(baidu.parse(page(ITEM, ITEM).slice(0, -40), meta()).hits).toEqual([HIT]);
  });

  it('goes on after a full page only', () => {
    const full = Array.from({ length: 30 }, () => ITEM);
    expect(baidu.parse(page(...full), meta(30)).next).toEqual({ offset: 60 });
    expect(baidu.parse(page(...full.slice(15)), meta(30)).next).toBeNull();
    expect(baidu.parse(page(...full), meta(990)).next).toBeNull();
  });

  it('tells empty, last page, block, CAPTCHA and refusals apart', () => {
    const classOf = (body: string, ...facts: Parameters<typeof meta>) => baidu.parse(body, meta(...facts)).class;
    expect(classOf(page())).toBe('empty');
    expect(classOf(page(), 30)).toBe('last_page');
    expect(classOf('{"antiFlag":1,"message":"Forbid spider access"}')).toBe('soft_block');
    expect(classOf('{"antiFlag":"1","data":[]}')).toBe('soft_block');
    expect(classOf('', 0, { url: 'https://wappass.baidu.com/static/captcha/tuxing.html' })).toBe('captcha');
    expect(classOf('', 0, { status: 302, headers: { location: 'https://wappass.baidu.com/x' } })).toBe('captcha');
    expect(classOf('<div class="g-recaptcha"></div>')).toBe('captcha');
    expect(classOf('', 0, { status: 429 })).toBe('rate_limited');
    expect(classOf('', 0, { status: 403 })).toBe('denied');
  });

  const ALTERED = {
    'the list has another name': (body: string) => body.replace('"data"', '"images"'),
    'the addresses have other names': (body: string) => body.replaceAll(/"(?:objURL|ObjURL|ObjUrl)"/g, '"src"'),
    'it answers with a page': (body: string) => `<html><script>var data = ${body}</script></html>`,
  };
  it.each(Object.entries(ALTERED))('calls it drift when %s', (_, alter) => {
    expect(baidu.parse(alter(page(ITEM)), meta()).class).toBe('format_drift');
  });
  itShared.each(Object.entries(ALTERED))('calls it drift when %s, documented page (needs ../shared)', (_, alter) => {
    expect(baidu.parse(alter(readFixture('baidu/tabby_cat_p2.json')), meta(30)).class).toBe('format_drift');
  });

  it('never throws, and reads most answers that have changed a little', () => {
    const names = ['tabby_cat_p1.json', 'golden_retriever_p3.json', 'antiflag_200.json'];
    expectSoundParser(baidu, [page(ITEM), ...fixturesAtHand(names.map((name) => `baidu/${name}`))]);
  });

  itShared.each([1, 2, 3])('reads page %i in the documented format (needs ../shared)', (number) => {
    const body = readFixture(`baidu/tabby_cat_p${number}.json`);
    const parsed = baidu.parse(body, meta(30 * (number - 1)));
    expect(detectSoftBlock(baidu, parsed, { query: 'tabby cat', hitCount: 0 })).toMatchObject({
      class: 'ok',
      next: { offset: 30 * number },
    });
    expect(parsed.hits).toHaveLength(30);
    expect(parsed.hits[0]).toMatchObject({
      title: expect.stringMatching(/^tabby cat it's #\d+$/),
      width: expect.any(Number),
      height: expect.any(Number),
      mime: expect.stringMatching(/^image\/(?:jpeg|png|webp)$/),
    });
    // What is ciphered is the same addresses.
    expect(baidu.parse(body.replaceAll('replaceUrl', 'gone'), meta()).hits).toEqual(parsed.hits);
  });

  itShared('reads the documented block (needs ../shared)', () => {
    expect(baidu.parse(readFixture('baidu/antiflag_200.json'), meta()).class).toBe('soft_block');
  });
});

describe('decipherBaiduUrl', () => {
  it('undoes the cipher', () => {
    expect(decipherBaiduUrl('ippr_z2C$qAzdH3FAzdH3Fooo_z&e3Bjxw4rsj_z&e3B567AzdH3F8dn9cm0bla.r2')).toBe(
      'http://www.example.oru/1234567890.pg',
    );
  });

  it('leaves plain addresses alone and anything else out', () => {
    expect(decipherBaiduUrl('https://a.test/b.jpg')).toBe('https://a.test/b.jpg');
    expect(decipherBaiduUrl('//a.test/b.jpg')).toBe('//a.test/b.jpg');
    expect(decipherBaiduUrl(7)).toBeUndefined();
  });
});
