import { megabyteOf } from './hostile-texts';

const items = (item: object): object[] => Array.from({ length: 10_000 }, () => item);
const json = (results: object): string => JSON.stringify(results);

const MANY = items({
  url: 'http://a.test/',
  image: 'http://a.test/',
  objURL: 'http://a.test/',
  origUrl: 'http://a.test/',
  properties: { url: 'http://a.test/' },
});
const LINK = '&quot;:&quot;http://a.test/&quot;';

/** In the form of some engine's answer; a megabyte each. */
export const HOSTILE_RESPONSES: Readonly<Record<string, string>> = {
  'links of Bing': megabyteOf(`<a class="iusc" m="{&quot;murl${LINK}}" href="?x">x</a>`),
  'a list of Bing without end': megabyteOf('<li>', '<ul class="dgControl_list">'),
  'items of Yahoo': megabyteOf(`<li data="{&quot;ourl${LINK}}">`, '<ul id=sres>'),
  'links of Google': megabyteOf('<a href="/imgres?imgurl=http://a.test/&imgrefurl=http://a.test/">'),
  'data of Google without end': megabyteOf('[[', 'AF_initDataCallback({data:'),
  'calls of Google': megabyteOf('AF_initDataCallback({data:['),
  'calls of Google without data': megabyteOf('AF_initDataCallback({ a'),
  'images of Google': `AF_initDataCallback({data:[${megabyteOf('[0,"i",["http://tbn0.gstatic.com/",1,1],["http://a.test/",1,1]],')}0]})`,
  'an answer of Google to scripts': megabyteOf('{"original_image":{"url":"http://a.test/"},', ")]}'{"),
  'states of Yandex without end': megabyteOf(`<a data-state='{"serpList":`),
  'a state of Yandex': `<div data-state='${json({ serpList: { items: { keys: items({}).map(() => 'a'), entities: { a: MANY[0] } } } })}'>`,
  'entities of Yandex': `<div data-state='${json({ serpList: { items: { entities: { ...MANY } } } })}'>`,
  'a damaged state of Yandex': `<div data-state='{"serpList":${megabyteOf('{"origUrl":"http://a.test/"},')}'>`,
  'a damaged answer of Baidu': megabyteOf('{"objURL":"http://a.test/"},', '{"data":['),
  'lists of Brave in lists': megabyteOf('results:[{'),
  'lists of Brave one after another': megabyteOf('results:['),
  'lists of Brave in a comment': megabyteOf('0,', `${'results:[0,/*'.repeat(30)}*/`),
  'a list of Brave without end': megabyteOf('0,', 'results:['),
  'a list of Brave of spaces': megabyteOf(' ', 'results:['),
  'a list of Brave of comments': megabyteOf('/*', 'results:['),
  'a list of Brave of escapes': megabyteOf('\\', 'results:["'),
  'answers of Brave in answers': megabyteOf('response:{'),
  'answers of Brave of results': megabyteOf('results ', 'response:{'),
  'tokens of DuckDuckGo without value': megabyteOf('vqd='),
  'a token of DuckDuckGo after spaces': megabyteOf(' ', 'vqd'),
  'titles of references': json({ results: items({ image: 'http://a.test/', title: '&#'.repeat(50) }) }),
  'one title of references': json({ results: [{ image: 'http://a.test/', title: megabyteOf('&#') }] }),
  'far too many results': json({
    results: MANY,
    data: MANY,
    photos: { photo: items({ url_o: 'http://a.test/' }) },
    query: { pages: items({ imageinfo: [{ url: 'http://a.test/' }] }) },
  }),
  'far too many results of Qwant': json({ data: { result: { items: items({ media: 'http://a.test/' }) } } }),
};
