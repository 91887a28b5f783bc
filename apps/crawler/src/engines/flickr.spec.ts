import { expectSoundParser } from '../spec-support/expect-sound-parser';
import { fixturesAtHand, itShared, readFixture } from '../spec-support/shared-fixtures';
import type { SearchFilters } from './engine';
import { flickr } from './flickr';

const ANY = { licenses: 'any', safe: 'strict' } as const;
const urlOf = (page: number | null = null, filters: SearchFilters = ANY) =>
  flickr.request({ text: 'tabby cat', cursor: page === null ? null : { page }, filters, apiKey: 'secret' }).url;
const meta = (url = urlOf(), status = 200) => ({ status, headers: {}, url, query: 'tabby cat' });
const photo = (fields: Record<string, unknown> = {}) => ({
  id: '157',
  owner: '66847901@N08',
  title: 'Die Katze “Миша”',
  license: '4',
  ownername: 'Ann',
  url_o: 'https://live.test/157_o.jpg',
  width_o: 4000,
  height_o: '3000',
  url_l: 'https://live.test/157_l.jpg',
  url_n: 'https://live.test/157_n.jpg',
  ...fields,
});
const response = (photos: readonly unknown[], more: object = {}) =>
  JSON.stringify({ photos: { page: 1, pages: 3, perpage: 500, photo: photos, ...more }, stat: 'ok' });
const SAMPLE = response([
  photo(),
  photo({ url_o: undefined, width_o: undefined, height_o: undefined, license: 99, title: { _content: 'Other' } }),
  photo({ url_o: undefined, url_l: undefined, url_n: undefined }),
]);

describe('flickr', () => {
  it('asks for photographs with the key', () => {
    expect(Object.fromEntries(new URL(urlOf(2)).searchParams)).toMatchObject({
      method: 'flickr.photos.search',
      api_key: 'secret',
      text: 'tabby cat',
      format: 'json',
      nojsoncallback: '1',
      media: 'photos',
      content_type: '1',
      safe_search: '1',
      per_page: '500',
      page: '2',
    });
    expect(new URL(urlOf()).searchParams.has('license')).toBe(false);
  });

  it('puts the filters that it has', () => {
    const { searchParams } = new URL(
      urlOf(1, {
        licenses: 'modify-commercial',
        safe: 'off',
        type: 'illustration',
        after: '2020-01-01',
        before: '2020-12-31',
      }),
    );
    expect(searchParams.get('license')).toBe('4,5,8,9,10,11,12');
    expect(searchParams.get('safe_search')).toBe('3');
    expect(searchParams.get('content_type')).toBe('3');
    expect(searchParams.get('min_upload_date')).toBe('1577836800');
    expect(searchParams.get('max_upload_date')).toBe('1609459199');
  });

  it('takes the largest size, names the others as the same image, and tells the licence', () => {
    expect(flickr.parse(SAMPLE, meta())).toEqual({
      class: 'ok',
      hits: [
        {
          imageUrl: 'https://live.test/157_o.jpg',
          pageUrl: 'https://www.flickr.com/photos/66847901@N08/157',
          thumbUrl: 'https://live.test/157_n.jpg',
          title: 'Die Katze “Миша”',
          width: 4000,
          height: 3000,
          license: 'by 2.0',
          licenseUrl: 'https://creativecommons.org/licenses/by/2.0/',
          creator: 'Ann',
          engineDups: ['https://live.test/157_l.jpg'],
        },
        {
          imageUrl: 'https://live.test/157_l.jpg',
          pageUrl: 'https://www.flickr.com/photos/66847901@N08/157',
          thumbUrl: 'https://live.test/157_n.jpg',
          title: 'Other',
          creator: 'Ann',
        },
      ],
      next: { page: 2 },
    });
  });

  it('does not mind the order of keys, nor new ones', () => {
    const reordered = JSON.stringify({
      stat: 'ok',
      extra: [],
      photos: { new: 1, photo: [Object.fromEntries(Object.entries(photo({ farm: {} })).reverse())], pages: 1, page: 1 },
    });
    expect(flickr.parse(reordered, meta()).hits).toEqual(flickr.parse(SAMPLE, meta()).hits.slice(0, 1));
  });

  it('ends with the last page, and at 4000 results', () => {
    expect(flickr.parse(response([photo()], { page: 3 }), meta()).next).toBeNull();
    expect(flickr.parse(response([photo()], { page: '7', pages: '99' }), meta()).next).toEqual({ page: 8 });
    expect(flickr.parse(response([photo()], { page: 8, pages: 99 }), meta()).next).toBeNull();
  });

  it('tells empty, last page, refusal and trouble apart', () => {
    const classOf = (body: string, status?: number) => flickr.parse(body, meta(undefined, status)).class;
    expect(classOf(response([], { pages: 0 }))).toBe('empty');
    expect(classOf(response([], { page: 4 }))).toBe('last_page');
    expect(flickr.parse(response([], { page: undefined }), meta(urlOf(2))).class).toBe('last_page');
    expect(classOf('{"stat":"fail","code":100}')).toBe('denied');
    expect(classOf('{"stat":"fail","code":105}')).toBe('rate_limited');
    expect(classOf('{"stat":"fail","code":"10"}')).toBe('rate_limited');
    expect(classOf('{}', 429)).toBe('rate_limited');
    expect(classOf('<div class="g-recaptcha"></div>')).toBe('captcha');
  });

  it.each([
    ['another name of the list', SAMPLE.replace('"photo":', '"photographs":')],
    ['another name of the sizes', SAMPLE.replaceAll('"url_', '"href_')],
    ['another answer around it', SAMPLE.replace('"photos"', '"result"')],
    ['no JSON', `jsonFlickr(${SAMPLE})`],
  ])('takes %s for another format', (_name, body) => {
    expect(flickr.parse(body, meta()).class).toBe('format_drift');
  });

  it('never throws, and reads most answers that have changed a little', () => {
    const names = ['flickr/tabby_cat_p1.json', 'flickr/golden_retriever_p1.json', 'flickr/error_100.json'];
    expectSoundParser(flickr, [SAMPLE, ...fixturesAtHand(names)]);
  });

  itShared('reads the documented format (needs ../shared)', () => {
    const parsed = flickr.parse(readFixture('flickr/tabby_cat_p1.json'), meta());
    expect(parsed).toMatchObject({ class: 'ok', next: { page: 2 } });
    expect(parsed.hits).toHaveLength(100);
    expect(parsed.hits[0]).toMatchObject({
      imageUrl: 'http://img.fixture.test/tabby_cat/0001.jpg',
      pageUrl: 'https://www.flickr.com/photos/66847901@N08/15750000001',
      width: 656,
      height: 496,
      license: 'by-nc-sa 2.0',
      creator: 'Owner',
    });
    expect(flickr.parse(readFixture('flickr/error_100.json'), meta()).class).toBe('denied');
  });
});
