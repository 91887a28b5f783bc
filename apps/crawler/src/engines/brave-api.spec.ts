import { expectSoundParser } from '../spec-support/expect-sound-parser';
import { fixturesAtHand, itShared, readFixture } from '../spec-support/shared-fixtures';
import { braveApi } from './brave-api';
import type { SearchFilters } from './engine';

const ANY = { licenses: 'any', safe: 'strict' } as const;
const request = (text = 'tabby cat', filters: SearchFilters = ANY) =>
  braveApi.request({ text, cursor: null, filters, apiKey: 'secret' });
const meta = (status = 200) => ({ status, headers: {}, url: request().url, query: 'tabby cat' });
const item = (fields: Record<string, unknown> = {}) => ({
  type: 'image_result',
  title: 'Eine “Katze” & кот',
  url: 'https://page.test/a',
  thumbnail: { src: 'https://img.test/t.jpg' },
  properties: { url: 'https://img.test/a.jpg', width: 10, height: 20 },
  ...fields,
});
const response = (results: readonly unknown[]) => JSON.stringify({ type: 'images', results, extra: {} });
const SAMPLE = response([item(), item({ properties: { url: 'http://img.test/b.png' }, thumbnail: null })]);

describe('brave-api', () => {
  it('asks with the key in a header, for as many as there are', () => {
    expect(request().headers).toMatchObject({ 'x-subscription-token': 'secret' });
    expect(request().url).toBe(
      'https://api.search.brave.com/res/v1/images/search?q=tabby+cat&count=200&safesearch=strict',
    );
    expect(new URL(request('x '.repeat(300)).url).searchParams.get('q')?.split(' ')).toHaveLength(50);
  });

  it('puts the filters that it has', () => {
    const searchFilter = (language: string) => {
      const { searchParams } = new URL(request('cat', { licenses: 'any', safe: 'moderate', language }).url);
      return ['safesearch', 'country', 'search_lang'].map((name) => searchParams.get(name));
    };
    expect(searchFilter('de')).toEqual(['strict', 'DE', 'de']);
    expect(searchFilter('pt-BR')).toEqual(['strict', 'BR', 'pt-br']);
    expect(searchFilter('ja')).toEqual(['strict', 'JP', 'jp']);
    expect(searchFilter('uk')).toEqual(['strict', 'ALL', 'uk']);
    expect(new URL(request('cat', { licenses: 'any', safe: 'off' }).url).searchParams.get('safesearch')).toBe('off');
  });

  it('reads results, also those without sizes', () => {
    expect(braveApi.parse(SAMPLE, meta())).toEqual({
      class: 'ok',
      hits: [
        {
          imageUrl: 'https://img.test/a.jpg',
          pageUrl: 'https://page.test/a',
          thumbUrl: 'https://img.test/t.jpg',
          title: 'Eine “Katze” & кот',
          width: 10,
          height: 20,
        },
        { imageUrl: 'http://img.test/b.png', pageUrl: 'https://page.test/a', title: 'Eine “Katze” & кот' },
      ],
      next: null,
    });
  });

  it('does not mind the order of keys, nor new ones', () => {
    const results = [Object.fromEntries(Object.entries(item({ extra: [{}] })).reverse())];
    expect(braveApi.parse(JSON.stringify({ query: {}, results, type: 'images' }), meta()).hits).toEqual(
      braveApi.parse(SAMPLE, meta()).hits.slice(0, 1),
    );
  });

  it('tells empty, refusals and rate limit apart', () => {
    const classOf = (body: string, status?: number) => braveApi.parse(body, meta(status)).class;
    const failure = (code: string) => JSON.stringify({ type: 'ErrorResponse', error: { code } });
    expect(classOf(response([]))).toBe('empty');
    expect(classOf(failure('SUBSCRIPTION_TOKEN_INVALID'), 422)).toBe('denied');
    expect(classOf(failure('SUBSCRIPTION_TOKEN_INVALID'))).toBe('denied');
    expect(classOf(failure('RATE_LIMITED'))).toBe('rate_limited');
    expect(classOf('', 401)).toBe('denied');
    expect(classOf('', 429)).toBe('rate_limited');
    expect(classOf('<div class="h-captcha">')).toBe('captcha');
  });

  it.each([
    ['another name of the list', SAMPLE.replace('"results"', '"images"')],
    ['another name of the image', SAMPLE.replaceAll('"properties"', '"image"')],
    ['no JSON', 'OK'],
  ])('takes %s for another format', (_name, body) => {
    expect(braveApi.parse(body, meta()).class).toBe('format_drift');
  });

  it('never throws, and reads most answers that have changed a little', () => {
    expectSoundParser(braveApi, [
      SAMPLE,
      ...fixturesAtHand(['brave/tabby_cat_api.json', 'brave/golden_retriever_api.json']),
    ]);
  });

  itShared('reads the documented format (needs ../shared)', () => {
    const parsed = braveApi.parse(readFixture('brave/golden_retriever_api.json'), meta());
    expect(parsed.hits).toHaveLength(50);
    expect(parsed.hits[0]).toMatchObject({
      imageUrl: 'http://img.fixture.test/golden_retriever/0001.jpg',
      thumbUrl: 'http://img.fixture.test/golden_retriever/0001_t.jpg',
    });
  });
});
