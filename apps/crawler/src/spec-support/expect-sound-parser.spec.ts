import type { Engine, ParsedPage } from '../engines/engine';
import { qwant } from '../engines/qwant';
import { expectSoundParser } from './expect-sound-parser';

const SAMPLE = JSON.stringify({
  status: 'success',
  data: { result: { items: [{ media: 'http://img.test/a.jpg', title: 'Cat', width: 10, url: 'http://page.test/' }] } },
});
const NONE: ParsedPage = { class: 'format_drift', hits: [], next: null };
const engine = (parse: Engine['parse']): Engine => ({ ...qwant, parse });

/** A parser without the care of the real ones. */
function careless(body: string): ParsedPage {
  try {
    const [{ media, width }] = JSON.parse(body).data.result.items;
    return { class: 'ok', hits: [{ imageUrl: media, width }], next: null };
  } catch {
    return NONE;
  }
}

describe('expectSoundParser', () => {
  it('finds nothing wrong with a careful parser', () => expectSoundParser(qwant, [SAMPLE]));

  it.each<[string, Engine['parse']]>([
    ['throws on some answers', (body, meta) => qwant.parse(JSON.stringify(JSON.parse(body)), meta)],
    ['passes on what is no address', careless],
    ['says ok without hits', (body, meta) => ({ ...qwant.parse(body, meta), class: 'ok' })],
    ['gives up when anything is new', (body, meta) => (body === SAMPLE ? qwant.parse(body, meta) : NONE)],
  ])('finds a parser that %s', (_name, parse) => {
    expect(() => expectSoundParser(engine(parse), [SAMPLE])).toThrow();
  });
});
