import { RESPONSE_CLASSES } from '@winnow/contracts';
import type { Engine } from './engine';
import { ENGINES } from './engines';

const LENGTH = 300_000;
const repeated = (text: string): string => text.repeat(Math.ceil(LENGTH / text.length));
const items = (item: object): object[] => Array.from({ length: 10_000 }, () => item);

/** Bodies over which careless parsers run out of stack, or take time that grows with the square of their length. */
const BODIES: Readonly<Record<string, string>> = {
  'nested boxes': repeated('<div>'),
  'nested links': repeated('<li><a class="iusc" m="{}">'),
  'many links': repeated('<a class="iusc" m="{&quot;murl&quot;:&quot;http://a.test/&quot;}" href="?x">x</a>'),
  'a list without end': `<ul class="dgControl_list">${repeated('<li>')}`,
  'many attributes': `<a ${repeated(' m="x"')}`,
  'open quotes': repeated('data-state="'),
  'open tags': repeated('<'),
  'open forms': repeated('<form '),
  'open comments': repeated('<!--'),
  'nested brackets': repeated('['),
  'nested objects': repeated('{"a":'),
  'lists in lists': repeated('results:[{'),
  'lists one after another': repeated('results:['),
  'a list without end in a script': `results:[${repeated('0,')}`,
  'answers in answers': repeated('response:{'),
  spaces: `results:[${repeated(' ')}`,
  'comments in a script': `results:[${repeated('/*')}`,
  escapes: `results:["${repeated('\\')}`,
  'tokens without value': repeated('vqd='),
  'a token after spaces': `vqd${repeated(' ')}`,
  'references without end': JSON.stringify({ results: [{ image: 'http://a.test/', title: repeated('&#') }] }),
  'far too many results': JSON.stringify({
    results: items({ url: 'http://a.test/', image: 'http://a.test/', properties: { url: 'http://a.test/' } }),
    data: { result: { items: items({ media: 'http://a.test/' }) } },
    photos: { photo: items({ url_o: 'http://a.test/' }) },
    query: { pages: items({ imageinfo: [{ url: 'http://a.test/' }] }) },
  }),
};

describe.each(Object.entries<Engine>(ENGINES))('%s', (_name, engine) => {
  const { url } = engine.request({ text: 'cat', cursor: null, filters: { licenses: 'any', safe: 'off' } });

  it.each(Object.keys(BODIES))('comes to an end with %s, and keeps few hits', (kind) => {
    const page = engine.parse(BODIES[kind] ?? '', { status: 200, headers: {}, url, query: 'cat' });
    expect([...RESPONSE_CLASSES, 'token']).toContain(page.class);
    expect(page.hits.length).toBeLessThanOrEqual(2000);
  });
});
