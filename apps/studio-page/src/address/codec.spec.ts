import fc from 'fast-check';
import {
  choiceParameter,
  flagParameter,
  listParameter,
  parseSearch,
  rangeParameter,
  readValues,
  stringifySearch,
  textParameter,
  writeValues,
} from './codec';

const SPEC = {
  kind: listParameter(),
  given: listParameter(),
  doubt: rangeParameter(),
  side: rangeParameter(),
  q: textParameter(),
  sort: choiceParameter(['position', 'doubt', 'worth'], 'position'),
  descending: flagParameter(),
};

/** Lone surrogates are no text; a backslash before a comma is the one value that addresses cannot hold. */
const text = fc
  .string({ unit: 'grapheme', maxLength: 12 })
  .filter((value) => !/\p{Cs}/u.test(value) && !value.includes('\\'));
const list = fc.uniqueArray(
  text.filter((value) => value !== ''),
  { maxLength: 4 },
);
const end = fc.option(fc.integer({ min: 0, max: 1_000_000 }).map((value) => value / 1000));
const range = fc.option(fc.record({ from: end, to: end }).filter(({ from, to }) => from !== null || to !== null));
const values = fc.record({
  kind: list,
  given: list,
  doubt: range,
  side: range,
  q: text,
  sort: fc.constantFrom('position' as const, 'doubt' as const, 'worth' as const),
  descending: fc.boolean(),
});

describe('addresses', () => {
  it('give back every state that was written to them', () => {
    fc.assert(
      fc.property(values, (state) => {
        const address = stringifySearch(writeValues(SPEC, state));
        expect(readValues(SPEC, parseSearch(address))).toEqual({ values: state, ignored: [] });
      }),
      { seed: 23, numRuns: 500 },
    );
  });

  it('of one state are one, with keys sorted and defaults absent', () => {
    fc.assert(
      fc.property(values, (state) => {
        const address = stringifySearch(writeValues(SPEC, state));
        const names = [...new URLSearchParams(address).keys()];
        expect(names).toEqual([...names].sort());
        const again = readValues(SPEC, parseSearch(address)).values;
        expect(stringifySearch(writeValues(SPEC, again))).toBe(address);
        if (state.sort === 'position') expect(names).not.toContain('sort');
      }),
      { seed: 23, numRuns: 200 },
    );
  });

  it('can be read by people', () => {
    const state = {
      ...readValues(SPEC, {}).values,
      kind: ['closed', 'open'],
      given: ['wolf, grey'],
      doubt: { from: 0.4, to: 0.6 },
      q: 'license in (cc0)',
    };
    expect(stringifySearch(writeValues(SPEC, state))).toBe(
      '?doubt=.4-.6&given=wolf%5C,+grey&kind=closed,open&q=license+in+(cc0)',
    );
    expect(stringifySearch({})).toBe('');
  });

  it('tell what they do not know, and go on without it', () => {
    const { values: read, ignored } = readValues(
      SPEC,
      parseSearch('?doubt=much&page=3&sort=colour&kind=open&descending=yes'),
    );
    expect([...ignored].sort()).toEqual(['descending', 'doubt', 'page', 'sort']);
    expect(read).toEqual({ ...readValues(SPEC, {}).values, kind: ['open'] });
  });

  it('hold whatever somebody types', () => {
    expect(stringifySearch({ q: 'half \ud83d' })).toBe('?q=half+%EF%BF%BD');
  });

  it('have ranges with one end', () => {
    const { read, write } = rangeParameter();
    expect(read('.4-')).toEqual({ from: 0.4, to: null });
    expect(read('-12')).toEqual({ from: null, to: 12 });
    expect(write({ from: 0, to: 0.25 })).toBe('0-.25');
    expect(write({ from: 0.0000001, to: null })).toBe('.0000001-');
    expect(['-', '', '.', '.-.', '1', '1-2-3', '-1--2', '1e3-'].map(read)).toEqual(Array(8).fill(undefined));
  });
});
