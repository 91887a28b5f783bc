import { endOfBrackets, parseLenientJson, wholeParts } from './parse-json';
import fc from 'fast-check';

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

const LIST = '{"list":[{"a":1,"b":"}{"},{"a":2,"b":[{"c":"\\""}]},{"a":3}]}';

describe('wholeParts', () => {
  it('finds what is whole, the outermost of it', () => {
    expect(wholeParts(LIST, '{')).toEqual([JSON.parse(LIST)]);
    expect(wholeParts(LIST.slice(0, -8), '{')).toEqual([
      { a: 1, b: '}{' },
      { a: 2, b: [{ c: '"' }] },
    ]);
    expect(wholeParts('x[1,[2],', '[')).toEqual([[2]]);
  });

  it('loses only what is around the damage', () => {
    expect(wholeParts(LIST.replace('"a":1', '"a:1'), '{')).toEqual([{ a: 2, b: [{ c: '"' }] }, { a: 3 }]);
    expect(wholeParts(LIST.replace('"a":2', 'a":2'), '{')).toEqual([{ a: 1, b: '}{' }, { c: '"' }, { a: 3 }]);
  });

  it('gives up on texts that would take too long', () => {
    expect(wholeParts('{'.repeat(1_000_000), '{')).toEqual([]);
    expect(wholeParts('{"'.repeat(500_000), '{')).toEqual([]);
  });
});

describe('endOfBrackets', () => {
  it('counts brackets outside of strings', () => {
    expect(endOfBrackets('["]\\"]"]x', 0)).toBe(8);
    expect(endOfBrackets('["]"', 0)).toBeUndefined();
    expect(endOfBrackets('[[]]', 0, 3)).toBeUndefined();
  });
});
