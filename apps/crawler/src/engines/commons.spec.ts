import { expectSoundParser } from '../spec-support/expect-sound-parser';
import { fixturesAtHand, itShared, readFixture } from '../spec-support/shared-fixtures';
import { commons } from './commons';

const ANY = { licenses: 'any', safe: 'strict' } as const;
const meta = (url = commons.request({ text: 'cat', cursor: null, filters: ANY }).url, status = 200) => ({
  status,
  headers: {},
  url,
  query: 'cat',
});
const SAMPLE = JSON.stringify({
  continue: { gsroffset: 50, continue: 'gsroffset||' },
  query: {
    pages: {
      7: { title: 'File:Second.png', index: 2, imageinfo: [{ url: 'https://img.test/2.png', mime: 'image/png' }] },
      9: {
        title: 'File:First.jpg',
        index: 1,
        imageinfo: [
          {
            url: 'https://img.test/1.jpg',
            descriptionurl: 'https://commons.test/wiki/File:First.jpg',
            mime: 'image/jpeg',
            sha1: 'BEED177FA1ADD5118A049AB0F78E04BFFBD8DD14',
            size: 1234,
            width: 10,
            height: 20,
            extmetadata: {
              Artist: { value: '<style>.a{}</style><a href="//x.test">Ann &amp; Bob</a>' },
              LicenseShortName: { value: 'CC BY-SA 4.0' },
              LicenseUrl: { value: 'https://creativecommons.org/licenses/by-sa/4.0' },
            },
          },
        ],
      },
      11: { title: 'File:Clip.webm', index: 3, imageinfo: [{ url: 'https://img.test/3.webm', mime: 'video/webm' }] },
      13: { title: 'File:Gone.jpg', index: 4 },
    },
  },
});

describe('commons', () => {
  it('asks for bitmaps from the offset of the cursor', () => {
    const url = new URL(commons.request({ text: 'tabby cat', cursor: { gsroffset: 50 }, filters: ANY }).url);
    expect(url.searchParams.get('gsrsearch')).toBe('filetype:bitmap tabby cat');
    expect(url.searchParams.get('gsroffset')).toBe('50');
    expect(url.searchParams.get('maxlag')).toBe('5');
  });

  it('puts size and public domain into words of its search', () => {
    const searchOf = (filters: object) =>
      new URL(commons.request({ text: 'cat', cursor: null, filters: { ...ANY, ...filters } }).url).searchParams.get(
        'gsrsearch',
      );
    expect(searchOf({ size: 'medium' })).toBe('filetype:bitmap fileres:500,1000 cat');
    expect(searchOf({ licenses: 'public-domain' })).toBe('filetype:bitmap haslicense:unrestricted cat');
    // Everything there may be used commercially.
    expect(searchOf({ licenses: 'commercial', color: 'red' })).toBe('filetype:bitmap cat');
    // The licence that a file states is checked all the same.
    expect([...commons.filters]).toEqual(['size']);
  });

  it('does not mind the order of keys, nor new ones, nor missing sizes', () => {
    const reversed = JSON.parse(SAMPLE, (_key, value: unknown) =>
      typeof value === 'object' && value !== null && !Array.isArray(value)
        ? Object.fromEntries(Object.entries({ ...value, new: 1 }).reverse())
        : value,
    ) as unknown;
    expect(commons.parse(JSON.stringify(reversed), meta())).toEqual(commons.parse(SAMPLE, meta()));
    const { width: _width, height: _height, ...others } = commons.parse(SAMPLE, meta()).hits[0] ?? { imageUrl: '' };
    const unsized = SAMPLE.replace('"width":10', '"width":null').replace('"height":20', '"height":"tall"');
    expect(commons.parse(unsized, meta()).hits[0]).toEqual(others);
  });

  it('orders by index and keeps images with their provenance', () => {
    expect(commons.parse(SAMPLE, meta())).toEqual({
      class: 'ok',
      hits: [
        {
          imageUrl: 'https://img.test/1.jpg',
          pageUrl: 'https://commons.test/wiki/File:First.jpg',
          title: 'First.jpg',
          mime: 'image/jpeg',
          sha1: 'beed177fa1add5118a049ab0f78e04bffbd8dd14',
          bytes: 1234,
          width: 10,
          height: 20,
          license: 'CC BY-SA 4.0',
          licenseUrl: 'https://creativecommons.org/licenses/by-sa/4.0',
          creator: 'Ann & Bob',
        },
        { imageUrl: 'https://img.test/2.png', title: 'Second.png', mime: 'image/png' },
      ],
      next: { gsroffset: 50 },
    });
  });

  it('tells empty, last page, lag, refusal and drift apart', () => {
    const classOf = (body: string, url?: string) => commons.parse(body, meta(url)).class;
    expect(classOf('{"batchcomplete":""}')).toBe('empty');
    expect(
      classOf('{"batchcomplete":""}', commons.request({ text: 'cat', cursor: { gsroffset: 50 }, filters: ANY }).url),
    ).toBe('last_page');
    expect(classOf('{"error":{"code":"maxlag"}}')).toBe('rate_limited');
    expect(classOf('{"error":{"code":"badvalue"}}')).toBe('denied');
    expect(classOf('{"results":[]}')).toBe('format_drift');
    expect(classOf('not JSON')).toBe('format_drift');
    expect(classOf('{"batchcomplete":"","query":{"pages":{"1":{"index":1}}}}')).toBe('format_drift');
  });

  it.each([
    ['another name of the list', SAMPLE.replace('"pages"', '"files"')],
    ['another name of the image', SAMPLE.replaceAll('"imageinfo"', '"fileinfo"')],
    ['another name of its address', SAMPLE.replaceAll('"url"', '"href"')],
    ['a frame without an end', '{"continue":{"gsroffset":50}}'],
  ])('takes %s for another format', (_name, body) => {
    expect(commons.parse(body, meta()).class).toBe('format_drift');
  });

  it('never throws, and reads most answers that have changed a little', () => {
    const names = ['tabby_cat_p1.json', 'golden_retriever_p3.json', 'error_maxlag.json'];
    expectSoundParser(commons, [SAMPLE, ...fixturesAtHand(names.map((name) => `commons/${name}`))]);
  });

  itShared.each([1, 2, 3])('reads page %i in the documented format (needs ../shared)', (page) => {
    const parsed = commons.parse(readFixture(`commons/tabby_cat_p${page}.json`), meta());
    expect(parsed).toMatchObject({ class: 'ok', next: { gsroffset: page * 10 } });
    expect(parsed.hits).toHaveLength(10);
    expect(parsed.hits[0]).toMatchObject({ sha1: expect.stringMatching(/^[\da-f]{40}$/), creator: 'A' });
  });

  itShared('reads the documented lag error (needs ../shared)', () => {
    expect(commons.parse(readFixture('commons/error_maxlag.json'), meta()).class).toBe('rate_limited');
  });
});
