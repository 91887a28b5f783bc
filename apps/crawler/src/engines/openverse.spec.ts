import { expectSoundParser } from '../spec-support/expect-sound-parser';
import { fixturesAtHand, itShared, readFixture } from '../spec-support/shared-fixtures';
import type { SearchFilters } from './engine';
import { openverse } from './openverse';

const ANY = { licenses: 'any', safe: 'strict' } as const;
const meta = (url = openverse.request({ text: 'cat', cursor: null, filters: ANY }).url, status = 200) => ({
  status,
  headers: {},
  url,
  query: 'cat',
});
const SAMPLE = JSON.stringify({
  page_count: 2,
  page: 1,
  results: [
    {
      url: 'https://img.test/a.jpg',
      foreign_landing_url: 'https://page.test/a',
      title: ' A\u0000 cat\n ',
      license: 'by-sa',
      license_version: '2.0',
      creator: 'someone',
      filetype: 'JPG',
      width: 640,
      height: '480',
      filesize: null,
    },
    { url: 'data:image/png;base64,AAAA' },
    { url: '//img.test/b.jpg', width: -1, height: 1e99 },
  ],
});

describe('openverse', () => {
  it('asks for the page of the cursor, with the filters that it has', () => {
    const { url } = openverse.request({
      text: 'tabby cat & co',
      cursor: { page: 3 },
      filters: { licenses: 'commercial', safe: 'off' },
    });
    expect(url).toBe(
      'https://api.openverse.org/v1/images/?q=tabby+cat+%26+co&page=3&page_size=20&license_type=commercial&mature=true',
    );
    expect(
      openverse.request({ text: 'cat', cursor: null, filters: { ...ANY, licenses: 'public-domain' } }).url,
    ).toContain('&license=cc0%2Cpdm');
  });

  it('puts size, aspect and those types that it tells apart', () => {
    const parametersOf = (filters: Partial<SearchFilters>) =>
      new URL(openverse.request({ text: 'cat', cursor: null, filters: { ...ANY, ...filters } }).url).searchParams;
    const wide = parametersOf({ size: 'large', aspect: 'wide', type: 'photo' });
    expect(['size', 'aspect_ratio', 'category'].map((name) => wide.get(name))).toEqual(['large', 'wide', 'photograph']);
    expect(parametersOf({ type: 'illustration' }).get('category')).toBe('illustration');
    expect(parametersOf({ type: 'transparent', color: 'red' }).toString()).toBe(parametersOf({}).toString());
    expect(openverse.filterValues).toEqual({ type: ['photo', 'illustration'] });
  });

  it('does not mind the order of keys, nor new ones', () => {
    const { results, ...rest } = JSON.parse(SAMPLE) as { results: Record<string, unknown>[] };
    const reversed = results.map((item) => Object.fromEntries(Object.entries({ ...item, new: {} }).reverse()));
    expect(openverse.parse(JSON.stringify({ new: [], results: reversed, ...rest }), meta())).toEqual(
      openverse.parse(SAMPLE, meta()),
    );
  });

  it('keeps what is of the right form', () => {
    expect(openverse.parse(SAMPLE, meta())).toEqual({
      class: 'ok',
      hits: [
        {
          imageUrl: 'https://img.test/a.jpg',
          pageUrl: 'https://page.test/a',
          title: 'A cat',
          license: 'by-sa 2.0',
          creator: 'someone',
          mime: 'image/jpeg',
          width: 640,
          height: 480,
        },
        { imageUrl: 'https://img.test/b.jpg' },
      ],
      next: { page: 2 },
    });
  });

  it('tells empty, last page, drift, CAPTCHA, refusal and rate limit apart', () => {
    const empty = JSON.stringify({ page_count: 0, results: [] });
    const classOf = (body: string, url?: string, status?: number) => openverse.parse(body, meta(url, status)).class;
    expect(classOf(empty)).toBe('empty');
    expect(classOf(empty, openverse.request({ text: 'cat', cursor: { page: 2 }, filters: ANY }).url)).toBe('last_page');
    expect(classOf('{"result":[]}')).toBe('format_drift');
    expect(classOf('{"results":[{"link":"https://img.test/a.jpg"}]}')).toBe('format_drift');
    expect(classOf('<html><form class="challenge-form"></form></html>')).toBe('captcha');
    expect(classOf('{"url":"https://geo.captcha-delivery.com/"}', undefined, 403)).toBe('captcha');
    expect(classOf('{}', undefined, 401)).toBe('denied');
    expect(classOf('{}', undefined, 503)).toBe('rate_limited');
  });

  it('believes no stated wait of more than 30 days', () => {
    const waitOf = (seconds: string) => {
      const body = JSON.stringify({ detail: `Expected available in ${seconds} seconds.` });
      return openverse.parse(body, meta(undefined, 429)).retryAfterMillis;
    };
    expect([waitOf('5'), waitOf('9999999'), waitOf('9'.repeat(30))]).toEqual([5000, 2_592_000_000, 2_592_000_000]);
  });

  it('ends with the last page and with the depth that anonymous clients have', () => {
    const page = (number: number, count: number) =>
      JSON.stringify({ page: number, page_count: count, results: [{ url: 'https://img.test/a.jpg' }] });
    expect(openverse.parse(page(2, 2), meta()).next).toBeNull();
    expect(openverse.parse(page(12, 500), meta()).next).toBeNull();
  });

  it.each([
    ['another name of the list', SAMPLE.replace('"results"', '"images"')],
    ['another name of the image', SAMPLE.replaceAll('"url"', '"href"')],
    ['no JSON', '<html><title>Openverse</title></html>'],
  ])('takes %s for another format', (_name, body) => {
    expect(openverse.parse(body, meta()).class).toBe('format_drift');
  });

  it('never throws, and reads most answers that have changed a little', () => {
    const names = ['tabby_cat_p1.json', 'golden_retriever_p3.json', 'error_429.json'];
    expectSoundParser(openverse, [SAMPLE, ...fixturesAtHand(names.map((name) => `openverse/${name}`))]);
  });

  itShared.each([1, 2, 3])('reads page %i in the documented format (needs ../shared)', (page) => {
    const parsed = openverse.parse(readFixture(`openverse/golden_retriever_p${page}.json`), meta());
    expect(parsed).toMatchObject({ class: 'ok', next: { page: page + 1 } });
    expect(parsed.hits).toHaveLength(20);
    expect(parsed.hits[0]).toMatchObject({
      imageUrl: expect.stringMatching(/^http:\/\/img\.fixture\.test\/golden_retriever\/\d{4}\./),
      pageUrl: expect.stringContaining('.fixture.test/golden_retriever/post-'),
      license: expect.stringMatching(/^[a-z-]+\d? \d\.\d$/),
      licenseUrl: expect.stringContaining('creativecommons.org'),
      creator: expect.stringContaining('creator'),
      bytes: expect.any(Number),
    });
  });

  itShared('reads the documented refusals (needs ../shared)', () => {
    expect(openverse.parse(readFixture('openverse/error_401_pagesize.json'), meta(undefined, 401)).class).toBe(
      'denied',
    );
    expect(openverse.parse(readFixture('openverse/error_429.json'), meta(undefined, 429))).toMatchObject({
      class: 'rate_limited',
      retryAfterMillis: 3_421_000,
    });
  });
});
