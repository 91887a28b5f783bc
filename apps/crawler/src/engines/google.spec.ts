import { detectSoftBlock } from '../listing/detect-soft-block';
import { expectSoundParser } from '../spec-support/expect-sound-parser';
import { fixturesAtHand, itShared, readFixture } from '../spec-support/shared-fixtures';
import { google } from './google';

const ANY = { licenses: 'any', safe: 'moderate' } as const;
const meta = (start = 0, more: { status?: number; url?: string; headers?: Record<string, string> } = {}) => ({
  status: 200,
  headers: {},
  url: google.request({ text: 'cat', cursor: start === 0 ? null : { start }, filters: ANY }).url,
  query: 'cat',
  ...more,
});
const THUMB = 'https://encrypted-tbn0.gstatic.com/images?q=tbn:x';
const item = (number: number) => [
  1,
  [
    0,
    `id${number}`,
    [THUMB, 194, 259],
    [`http://img.test/${number}.jpg?a=1&b=2`, 480, 640],
    null,
    0,
    'rgb(1,2,3)',
    { '2003': [null, `id${number}`, `http://page.test/${number}`, `“Cat” <b>${number}</b> кошка`, null, ''] },
  ],
];
const grid = (items: unknown[]) => [null, [[null, ['GRID_STATE0', null, items]], 'x']];
const page = (data: unknown) =>
  `<!doctype html><html><head><title>cat</title></head><body>
   <script nonce="x">AF_initDataCallback({key: 'ds:0', hash: '1', data:[1,"]}"], sideChannel: {}});</script>
   <script nonce="x">AF_initDataCallback({key: 'ds:1', hash: '2', data:${JSON.stringify(data).replaceAll('=', '\\x3d')}, sideChannel: {}});</script>
   <noscript><meta http-equiv="refresh" content="0;url=/httpservice/retry/enablejs?sei=x"></noscript>
   ${'<!-- a full page -->'.repeat(100)}</body></html>`;
const HIT = {
  imageUrl: 'http://img.test/1.jpg?a=1&b=2',
  pageUrl: 'http://page.test/1',
  thumbUrl: THUMB,
  title: '“Cat” 1 кошка',
  width: 640,
  height: 480,
};
const SAMPLE = page(grid(Array.from({ length: 12 }, (_, index) => item(index + 1))));

describe('google', () => {
  it('asks for the page that a browser shows, with the filters', () => {
    const request = google.request({
      text: 'tabby cat',
      cursor: { start: 20 },
      filters: {
        licenses: 'any',
        safe: 'strict',
        size: 'large',
        color: 'red',
        type: 'photo',
        aspect: 'wide',
        after: '2024-03-01',
        before: '2025-12-31',
        language: 'pt-BR',
      },
    });
    expect(Object.fromEntries(new URL(request.url).searchParams)).toEqual({
      q: 'tabby cat',
      udm: '2',
      start: '20',
      safe: 'active',
      tbs: 'isz:l,ic:specific,isc:red,itp:photo,iar:w,cdr:1,cd_min:3/1/2024,cd_max:12/31/2025',
      lr: 'lang_pt',
    });
    // Neither a cookie nor the name of another program.
    expect(Object.keys(request.headers ?? {}).sort()).toEqual(['accept', 'accept-language']);
    expect(google).toMatchObject({ transport: 'browser', enabledByDefault: false, kind: 'scraped' });
  });

  it('reads the data in scripts', () => {
    const parsed = google.parse(SAMPLE, meta());
    expect(parsed).toMatchObject({ class: 'ok', next: { start: 12 } });
    expect(parsed.hits).toHaveLength(12);
    expect(parsed.hits[0]).toEqual(HIT);
  });

  it('searches by shape: deeper, elsewhere, with other keys, without sizes', () => {
    const deeper = page({ new: [[[[grid([item(1)])]]]] });
    expect(google.parse(deeper, meta())).toEqual({ class: 'ok', hits: [HIT], next: null });
    const [, facts] = item(1) as [number, unknown[]];
    const rekeyed = page([
      [facts.map((fact) => (typeof fact === 'object' && fact && '2003' in fact ? { '9': fact['2003'] } : fact))],
    ]);
    expect(google.parse(rekeyed, meta()).hits).toEqual([HIT]);
    const sizeless = page([
      [[0, 'id', ['http://img.test/2.jpg', null, null], { '2003': [null, 'id', 'http://page.test/2'] }]],
    ]);
    expect(google.parse(sizeless, meta()).hits).toEqual([
      { imageUrl: 'http://img.test/2.jpg', pageUrl: 'http://page.test/2' },
    ]);
    // The page's own images are no results.
    expect(google.parse(page([['logo', ['https://www.google.com/logo.png', 92, 272]]]), meta()).hits).toEqual([]);
  });

  it('reads what is whole of a damaged page', () => {
    const count = (body: string) => google.parse(body, meta()).hits.length;
    expect(count(SAMPLE.slice(0, SAMPLE.indexOf('page.test/12')))).toBe(11);
    expect(count(SAMPLE.replace('"id3",', '"id3,'))).toBe(11);
  });

  it('survives data that is nested without end', () => {
    const deep = `AF_initDataCallback({key: 'ds:1', data:${'['.repeat(200_000)}${']'.repeat(200_000)}});`;
    expect(google.parse(deep, meta()).class).toBe('format_drift');
    expect(google.parse('AF_initDataCallback({key: "ds:1", data:["'.repeat(50_000), meta()).class).toBe('format_drift');
  });

  it('tells empty, last page, consent, rate limit, denial, CAPTCHA and drift apart', () => {
    const classOf = (body: string, ...facts: Parameters<typeof meta>) => google.parse(body, meta(...facts)).class;
    expect(classOf(page(grid([])))).toBe('empty');
    expect(classOf(page(grid([])), 20)).toBe('last_page');
    expect(classOf('<form action="https://consent.google.com/save" method="POST">')).toBe('consent');
    expect(classOf('', 0, { url: 'https://consent.google.com/ml?continue=x' })).toBe('consent');
    expect(classOf('', 0, { status: 302, headers: { location: 'https://consent.google.de/ml' } })).toBe('consent');
    expect(classOf('', 0, { url: 'https://www.google.com/sorry/index?continue=x' })).toBe('rate_limited');
    expect(classOf('', 0, { status: 302, headers: { location: '/sorry/index' } })).toBe('rate_limited');
    expect(classOf('', 0, { status: 429 })).toBe('rate_limited');
    expect(classOf('<noscript><meta content="0;url=/httpservice/retry/enablejs"></noscript>')).toBe('denied');
    expect(classOf('', 0, { status: 403 })).toBe('denied');
    expect(classOf('<div class="g-recaptcha"></div>')).toBe('captcha');
    expect(classOf('<html></html>')).toBe('format_drift');
  });

  const ALTERED = {
    'the call has another name': (body: string) => body.replaceAll('AF_initDataCallback', 'AF_data'),
    'images have another shape': (body: string) => body.replaceAll(/\["(https?:[^"]+)",(\d+),(\d+)\]/g, '{"u":"$1"}'),
    'the data is encoded': (body: string) => body.replaceAll(/data:\[.*\], side/g, 'data:["W1tbXV1d"], side'),
  };
  it.each(Object.entries(ALTERED))('calls it drift when %s', (_, alter) => {
    expect(alter(SAMPLE)).not.toBe(SAMPLE);
    expect(google.parse(alter(SAMPLE), meta()).class).toBe('format_drift');
  });
  itShared.each(Object.entries(ALTERED))('calls it drift when %s, documented page (needs ../shared)', (_, alter) => {
    expect(google.parse(alter(readFixture('google/tabby_cat_udm2.html')), meta()).class).toBe('format_drift');
  });

  it('never throws, and reads most answers that have changed a little', () => {
    const names = [
      'tabby_cat_udm2.html',
      'golden_retriever_udm2.html',
      'tabby_cat_async_p1.txt',
      'tabby_cat_wml.xml',
      'consent_200.html',
      'sorry_429.html',
      'enablejs_200.html',
    ];
    expectSoundParser(google, [SAMPLE, ...fixturesAtHand(names.map((name) => `google/${name}`))]);
  });

  itShared.each(['tabby_cat', 'golden_retriever'])(
    'reads the page of %s that browsers get (needs ../shared)',
    (name) => {
      const query = name.replace('_', ' ');
      const parsed = google.parse(readFixture(`google/${name}_udm2.html`), { ...meta(), query });
      expect(detectSoftBlock(google, parsed, { query, hitCount: 0 })).toMatchObject({
        class: 'ok',
        next: { start: 20 },
      });
      expect(parsed.hits).toHaveLength(20);
      expect(parsed.hits[0]).toMatchObject({
        imageUrl: `http://img.fixture.test/${name}/0001.jpg`,
        pageUrl: `http://site1.fixture.test/${name}/post-1.html`,
        thumbUrl: expect.stringContaining('https://encrypted-tbn0.gstatic.com/images?q=tbn:'),
        title: expect.stringMatching(/photo #1 “studio” & friends$/),
        width: expect.any(Number),
        height: expect.any(Number),
      });
    },
  );

  itShared.each([
    ['async_p1.txt', 50],
    ['async_p3.txt', 50],
    ['wml.xml', 20],
  ])('understands the form of %s, which it never asks for (needs ../shared)', (form, count) => {
    const parsed = google.parse(readFixture(`google/tabby_cat_${form}`), meta());
    expect(parsed).toMatchObject({ class: 'ok', next: null });
    expect(parsed.hits).toHaveLength(count);
    expect(parsed.hits[0]).toMatchObject({
      imageUrl: expect.stringMatching(/^http:\/\/img\.fixture\.test\/tabby_cat\/\d{4}\.\w+$/),
      pageUrl: expect.stringMatching(/^http:\/\/site\d\.fixture\.test\/tabby_cat\/post-\d+\.html$/),
      thumbUrl: expect.stringMatching(/_t\.jpg$/),
      width: expect.any(Number),
      height: expect.any(Number),
    });
  });

  itShared('passes on whom an image is by (needs ../shared)', () => {
    const { hits } = google.parse(readFixture('google/tabby_cat_async_p1.txt'), meta());
    expect(hits[4]).toMatchObject({ creator: 'A. Photographer', attribution: '© invented' });
  });

  itShared.each([
    ['consent_200.html', 200, 'consent'],
    ['sorry_429.html', 429, 'rate_limited'],
    ['enablejs_200.html', 200, 'denied'],
  ])('reads the documented %s (needs ../shared)', (name, status, expected) => {
    expect(google.parse(readFixture(`google/${name}`), meta(0, { status })).class).toBe(expected);
  });
});
