import type { Provenance } from '@winnow/contracts';
import fc from 'fast-check';
import { buildCommand } from '../commands/build';
import { holdsFor } from './holds-for';
import { asksDecisions, asksSplit } from '@winnow/config';
import { parseWhere } from './parse-where';
import { WHERE_FIELDS } from './where-fields';
import type { WhereImage } from './where-fields';

function listing(changes: Partial<Provenance>): Provenance {
  return {
    ...{ engine: 'commons', query: 'q', className: 'owl', page: 1, rank: 7, imageUrl: 'https://img.example.com/a.jpg' },
    ...{ pageUrl: null, title: 'A Red Owl', license: 'CC BY-SA 4.0', licenseUrl: null, creator: null },
    ...changes,
  };
}

const IMAGE: WhereImage = {
  ...{ sha256: 'ab'.repeat(32), sizeBytes: 5000, mime: 'image/png', width: 300, height: 200 },
  ...{ pixelSha256: 'p', pdq: '0'.repeat(64), pdqQuality: 80, measures: null, decodeOutcome: null },
  flags: ['blurry', 'small'],
  verdict: { className: 'wren', kind: 'closed', pClean: 0.25, pClosed: 0.7, pOpen: 0.05, refinedClass: 'cat' },
  provenance: [
    listing({}),
    listing({
      className: 'cat',
      engine: 'openverse',
      rank: 3,
      title: null,
      license: null,
      imageUrl: 'http://b.test:81/',
    }),
  ],
};
const holds = (text: string): boolean => holdsFor(parseWhere(text), IMAGE);

describe('where', () => {
  it.each([
    ['class = cat', true],
    ['class = dog', false],
    ['class != dog', true],
    // One listing has it, so it is not true that none has.
    ['class != cat', false],
    ['class in (dog, owl)', true],
    ['class not in (dog, owl)', false],
    ['engine = openverse and rank = 7', true],
    ['host = example.com', true],
    ['host = IMG.example.com', true],
    ['host = ample.com', false],
    ['host = b.test', true],
    ['license = by-sa', true],
    ['license = unknown', true],
    ['license in (cc0, by)', false],
    ["title contains 'red owl'", true],
    ['title not contains red', false],
    ["creator = ''", true],
    ['width >= 300', true],
    ['width > 300', false],
    ['side = 200', true],
    ['aspect <= 1.5', true],
    ['aspect < 1.5', false],
    ['bytes in (1, 5000)', true],
    ['bytes != 5000', false],
    ['pdqQuality < 81', true],
    ['rank <= 3', true],
    ['flag = blurry', true],
    ['flag != dark', true],
    ['flag != blurry', false],
    [`sha256 = ${'ab'.repeat(32)}`, true],
    ['kind = closed', true],
    ['kind in (clean, closed) and pOpen < .1', true],
    ['kind = clean or pClean >= .9', false],
    ['refined = cat', true],
    ['not width = 300 or height = 200', true],
    ['not (width = 300 or height = 200)', false],
    ['width = 1 and height = 1 or height = 200', true],
    ['width = 1 and (height = 1 or height = 200)', false],
    ['NOT not Width_is = 1', null],
    ['Not nOt width = 300', true],
  ])('%s: %s', (text, expected) => {
    if (expected === null) expect(() => parseWhere(text)).toThrow('"Width_is" is no field');
    else expect(holds(text)).toBe(expected);
  });

  it.each([
    ['', 1, 'the expression ends where a field is expected'],
    ['widht > 3', 1, '"widht" is no field'],
    ['width', 6, 'after "width" one of'],
    ['width > wide', 9, '"wide" is no number'],
    ['width > ', 9, 'the expression ends where a value is expected'],
    ['width contains 3', 7, 'is a number and contains no text'],
    ['class < cat', 7, 'is text and has no order'],
    ['class not = cat', 11, 'in or contains is expected'],
    ['flag = blury', 8, '"blury" is no flag; there are low_information, blurry'],
    ['kind = cleam', 8, '"cleam" is no kind; there are clean, closed, open'],
    ['license = cc', 11, '"cc" is no license'],
    ['class in cat', 10, '"(" is expected before "cat"'],
    ['class in (cat', 14, '")" is expected at the end'],
    ['class in ()', 11, '")" stands where a value is expected'],
    ['(width > 3', 11, '")" is expected at the end'],
    ['width > 3 height > 3', 11, '"height" is not expected here'],
    ['width > 3 and', 14, 'the expression ends'],
    ["title = 'open", 9, "the quote ' is not closed"],
    ['width ! 3', 7, '"!" is not understood'],
    ["'width' = 3", 1, '"width" is no field'],
    ['constructor = 3', 1, '"constructor" is no field'],
  ])('%s: names character %d', (text, character, message) => {
    expect(() => parseWhere(text)).toThrow(
      expect.objectContaining({
        code: 'CONFIG_INVALID',
        where: `build.where, character ${character}`,
        message: expect.stringContaining(message) as string,
      }) as Error,
    );
  });

  it('knows the classes of the project', () => {
    const parse = (text: string) => () => parseWhere(text, ['cat', 'red owl']);
    for (const text of ['class = cat', "class in (cat, 'red owl')", 'class contains nope'])
      expect(parse(text)).not.toThrow();
    for (const text of ['class = nope', 'class != nope', 'class in (cat, nope)', 'not class = Cat']) {
      expect(parse(text)).toThrow(/"(nope|Cat)" is no class; there are cat, red owl/);
    }
    expect(parse('refined = nope')).toThrow('"nope" is no refined; there are cat, red owl');
  });

  it('has no kind for an image that the split has not seen, and knows what asks for one', () => {
    const unseen = { ...IMAGE, verdict: undefined };
    for (const text of ['kind = closed', 'kind in (clean, closed, open)', 'pOpen <= 1'])
      expect(holdsFor(parseWhere(text), unseen)).toBe(false);
    expect(holdsFor(parseWhere('kind != open'), unseen)).toBe(true);
    expect(asksSplit(parseWhere('width > 3 and not (side = 2 or pClean > .5)'))).toBe(true);
    expect(asksSplit(parseWhere("class = kind and title contains 'pClean'"))).toBe(false);
  });

  it('knows what people say of an image, and what the split doubts', () => {
    const decided = { ...IMAGE, opinion: { state: 'disputed' as const, people: ['Anna', 'Ben'] } };
    for (const text of [
      'decided = disputed',
      'decided != none',
      'by = Ben',
      'by not in (Cara)',
      'doubt > .29',
      'doubt < .31',
    ])
      expect([text, holdsFor(parseWhere(text), decided)]).toEqual([text, true]);
    expect(holds('decided = none and by != Ben')).toBe(true);
    // As columns, which hold reals of 32 bits, have it.
    expect([holds(`doubt <= ${1 - Math.fround(0.7)}`), holds('doubt <= .3')]).toEqual([true, false]);
    expect(() => parseWhere('decided = maybe')).toThrow('there are none, decided, disputed, unsure');
    expect(
      ['by = Ben', 'not (kind = open or decided = none)', 'kind = open'].map((text) => asksDecisions(parseWhere(text))),
    ).toEqual([true, true, false]);
  });

  it('are all in the help of `winnow build`', () => {
    const help = buildCommand.options.find(({ flags }) => flags.startsWith('--where'))?.description;
    expect(help?.split('fields: ')[1]).toBe([...WHERE_FIELDS.keys()].join(', '));
  });

  it('bounds length and depth', () => {
    expect(() => parseWhere(`${'('.repeat(51)}width = 1${')'.repeat(51)}`)).toThrow('within one another');
    expect(holds(`${'('.repeat(49)}not width = 1${')'.repeat(49)}`)).toBe(true);
    expect(() => parseWhere('not '.repeat(60))).toThrow('within one another');
    expect(() => parseWhere(`title = '${'x'.repeat(4000)}'`)).toThrow('longer than 4000 characters');
  });

  it('either parses or says where it does not, whatever is written', () => {
    const word = fc.constantFrom(
      'width',
      'and',
      'or',
      'not',
      '(',
      ')',
      '=',
      '<=',
      'in',
      ',',
      '3',
      "'a b'",
      '"',
      'owl',
      ' ',
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 30 }), (words) => {
        try {
          holds(words.join(' '));
        } catch (error) {
          expect(error).toMatchObject({
            code: 'CONFIG_INVALID',
            where: expect.stringMatching(/character \d+$/) as string,
          });
        }
      }),
      { seed: 1, numRuns: 500 },
    );
  });

  it('follows the rules of logic', () => {
    const atom = fc.constantFrom('width = 300', 'width = 1', 'class = cat', 'class = dog');
    fc.assert(
      fc.property(atom, atom, atom, (a, b, c) => {
        expect(holds(`${a} or ${b} and ${c}`)).toBe(holds(a) || (holds(b) && holds(c)));
        expect(holds(`not (${a} and ${b})`)).toBe(holds(`not ${a} or not ${b}`));
      }),
      { seed: 1 },
    );
  });
});
