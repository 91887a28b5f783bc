import { detectSoftBlock } from '../listing/detect-soft-block';
import { expectSoundParser } from '../spec-support/expect-sound-parser';
import { fixturesAtHand, itShared, readFixture } from '../spec-support/shared-fixtures';
import { brave } from './brave';

const url = brave.request({ text: 'tabby cat', cursor: null, filters: { licenses: 'any', safe: 'strict' } }).url;
const meta = (status = 200, at = url) => ({ status, headers: {}, url: at, query: 'tabby cat' });
const ITEM = String.raw`{type:"image_result",title:"A \"tabby\" \u003Cb>cat\x3C/b> & кот",url:"https://page.test/a",
  thumbnail:{src:'https://img.test/t.jpg',width:5},properties:{url:"https://img.test/a.jpg",placeholder:void 0,width:10,height:20}}`;
const BARE = '{title:void 0,properties:{url:"http://img.test/b.png"},url:"https://page.test/b"}';
const page = (items: string) =>
  `<!doctype html><html><body><script>kit.start(app, element, {node_ids:[0,19], data:[{type:"data",data:{country:"all"}},
  {type:"data",data:{title:"x",body:{type:"images",response:{type:"images",results:[${items}]}}},uses:{url:1}}], form:null});
  </script></body></html>`;
const SAMPLE = page(`${ITEM},${BARE}`);

describe('brave', () => {
  it('asks without cookies, and claims no filter', () => {
    const request = brave.request({ text: 'a&b', cursor: null, filters: { licenses: 'any', safe: 'off' } });
    expect(request.url).toBe('https://search.brave.com/images?q=a%26b');
    expect(Object.keys(request.headers ?? {}).sort()).toEqual(['accept', 'accept-language']);
    expect(brave.filters.size).toBe(0);
  });

  it('reads the object in the page, escapes and missing sizes', () => {
    expect(brave.parse(SAMPLE, meta())).toEqual({
      class: 'ok',
      hits: [
        {
          imageUrl: 'https://img.test/a.jpg',
          pageUrl: 'https://page.test/a',
          thumbUrl: 'https://img.test/t.jpg',
          title: 'A "tabby" <b>cat</b> & кот',
          width: 10,
          height: 20,
        },
        { imageUrl: 'http://img.test/b.png', pageUrl: 'https://page.test/b' },
      ],
      next: null,
    });
  });

  it.each([
    [
      'keys in quotes, another order',
      page(
        `{"properties":{"height":20,"width":10,"url":"https://img.test/a.jpg"},"new":[1,{}],"url":"https://page.test/a"}`,
      ),
    ],
    ['another script around it', `<script>window.x={results:[${ITEM}]}</script>`],
    ['other lists of that name', page(ITEM).replace('node_ids', 'results:[{a:1}],news:{results:[]},node_ids')],
    ['a list of that name that is broken', page(ITEM).replace('node_ids', 'results:[{a:b c}],node_ids')],
  ])('does not mind %s', (_name, body) => {
    expect(brave.parse(body, meta()).hits).toEqual([expect.objectContaining({ imageUrl: 'https://img.test/a.jpg' })]);
  });

  it('tells empty, CAPTCHA, rate limit, refusal and unrelated results apart', () => {
    const classOf = (body: string, status?: number, at?: string, hitCount = 0) =>
      detectSoftBlock(brave, brave.parse(body, meta(status, at)), { query: 'tabby cat', hitCount }).class;
    expect(classOf(page(''))).toBe('empty');
    expect(classOf(page(''), 200, url, 40)).toBe('soft_block');
    expect(classOf('<form action="/captcha"><input></form>')).toBe('captcha');
    expect(classOf('<html></html>', 200, 'https://search.brave.com/captcha?q=x')).toBe('captcha');
    expect(classOf('', 429)).toBe('rate_limited');
    expect(classOf('', 403)).toBe('denied');
    const stock = Array.from(
      { length: 9 },
      (_, index) => `{title:"Office ${index}",properties:{url:"http://i.test/${index}"}}`,
    );
    expect(classOf(page(stock.join(',')))).toBe('soft_block');
  });

  it.each([
    ['another name of the list', SAMPLE.replace('results:', 'items:')],
    ['another name of the image', SAMPLE.replaceAll('properties:', 'image:')],
    ['another name of its address', SAMPLE.replaceAll(/properties:\{url/g, 'properties:{href')],
    ['a frame without results', '<html><script>kit.start(app, element, {data:[]})</script></html>'],
    ['an empty list of something else', page('').replace('response:', 'news:')],
    ['no page at all', ''],
  ])('takes %s for another format', (_name, body) => {
    expect(brave.parse(body, meta()).class).toBe('format_drift');
  });

  it('never throws, and reads most answers that have changed a little', () => {
    const fixtures = fixturesAtHand(['brave/tabby_cat.html', 'brave/golden_retriever.html']);
    expectSoundParser(brave, [SAMPLE, ...fixtures]);
  });

  itShared('reads the documented format (needs ../shared)', () => {
    const parsed = brave.parse(readFixture('brave/tabby_cat.html'), meta());
    expect(parsed).toMatchObject({ class: 'ok', next: null });
    expect(parsed.hits).toHaveLength(40);
    expect(parsed.hits[0]).toMatchObject({
      imageUrl: 'http://img.fixture.test/tabby_cat/0001.jpg',
      title: 'Tabby Cat photo #1 “studio” & friends',
      width: 656,
      height: 496,
    });
  });
});
