import fc from 'fast-check';
import { readJsLiteral } from './js-literal';

const valueOf = (text: string): unknown => readJsLiteral(text, 0).value;

describe('readJsLiteral', () => {
  it.each([
    ['{a:1,"b":"x",\'c\':[.5,-2e3,0x1F,],$d_é:{},7:null,}', { a: 1, b: 'x', c: [0.5, -2000, 31], $d_é: {}, 7: null }],
    [
      '[void 0,!0,!1,undefined,true,,new Date(5),a.b.c]',
      [undefined, true, false, undefined, true, undefined, 5, undefined],
    ],
    [String.raw`"\x41\u00e9\u{1F408}\n\'\/\q"`, "Aé🐈\n'/q"],
    ['`two\nlines $5`', 'two\nlines $5'],
    [' /* c */ [ // d\n 1 /* e */ , 2 ]', [1, 2]],
  ])('reads %s', (text, value) => expect(valueOf(text)).toEqual(value));

  it('says where the text goes on', () => {
    expect(readJsLiteral('x=[1,"]"];y', 2)).toEqual({ value: [1, ']'], end: 9 });
  });

  it('evaluates nothing and changes no prototype', () => {
    expect(Object.getPrototypeOf(valueOf('{__proto__:{a:1}}'))).toBe(Object.prototype);
    expect(Object.hasOwn(valueOf('{__proto__:{a:1}}') as object, '__proto__')).toBe(true);
    expect(valueOf('[alert(1)]')).toBeUndefined();
    expect(valueOf('`${alert(1)}`')).toBeUndefined();
  });

  it.each(['', '{', '[1', '{a}', '{a:}', '"open', '"line\nbreak"', '/* open', '[1 2]', '@', "'\\"])(
    'takes %j for no value',
    (text) => expect(valueOf(text)).toBeUndefined(),
  );

  it('goes no deeper than 64', () => {
    expect(valueOf('['.repeat(60) + ']'.repeat(60))).toBeDefined();
    for (const open of ['[', '{a:', '!', 'void ', 'new A(', '(', '`${', 'a=>', '[/(', '[/(?<a>'])
      expect(valueOf(open.repeat(100_000))).toBeUndefined();
  });

  it('reads whatever JSON there is', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(JSON.stringify(valueOf(text))).toBe(JSON.stringify(JSON.parse(text)));
      }),
      { numRuns: 500, seed: 1 },
    );
  });

  it('never throws', () => {
    const signs = fc.constantFrom(...'{}[]():,"\'`\\!/*-.\n$', 'a', '1', ' ', 'void ', 'new ', '\u{1F408}');
    fc.assert(
      fc.property(fc.array(signs, { maxLength: 60 }), (parts) => {
        const literal = readJsLiteral(parts.join(''), 0);
        return literal.end <= parts.join('').length;
      }),
      { numRuns: 3000, seed: 1 },
    );
  });
});
