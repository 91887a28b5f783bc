import fc from 'fast-check';
import { parseLenientJson } from './parse-json';

describe('parseLenientJson', () => {
  it('reads the escapes of JavaScript, raw control characters and loose commas', () => {
    expect(parseLenientJson(String.raw`{"a":"it\'s \x41 \q \u0042 \\' \n",}`)).toEqual({ a: `it's A q B \\' \n` });
    expect(parseLenientJson('["a\tb\nc", 1 , ]')).toEqual(['a\tb\nc', 1]);
    expect(parseLenientJson(String.raw`["\u12",",]"]`)).toEqual(['u12', ',]']);
  });

  it('reads JSON as it is and nothing else', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify(value);
        expect(parseLenientJson(text)).toEqual(JSON.parse(text));
        // The same when the strict parser fails first.
        expect(parseLenientJson(`[${text},]`)).toEqual([JSON.parse(text)]);
      }),
      { numRuns: 200, seed: 1 },
    );
    for (const text of ['', '{', '{"a":"', '<html>', '"\\']) expect(parseLenientJson(text)).toBeUndefined();
  });
});
