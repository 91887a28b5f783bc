import fc from 'fast-check';
import { parseSearch, readValues, stringifySearch, writeValues } from './codec';
import { lassoParameter } from './lasso-parameter';

const SPEC = { lasso: lassoParameter() };
const side = fc.integer({ min: -50_000, max: 150_000 }).map((value) => value / 100_000);
const lasso = fc.array(
  fc.record({ isTakenAway: fc.boolean(), corners: fc.array(fc.tuple(side, side), { minLength: 3, maxLength: 40 }) }),
  { maxLength: 8 },
);

describe('a lasso in an address', () => {
  it('is read as it was written, and is one text', () => {
    fc.assert(
      fc.property(lasso, (parts) => {
        const address = stringifySearch(writeValues(SPEC, { lasso: parts }));
        const { values, ignored } = readValues(SPEC, parseSearch(address));
        expect([values.lasso, ignored]).toEqual([parts, []]);
        expect(stringifySearch(writeValues(SPEC, values))).toBe(address);
        // Nothing of it needs an escape.
        expect(address).not.toContain('%');
      }),
      { seed: 23, numRuns: 300 },
    );
  });

  it('has no more digits than can be seen', () => {
    const corners = [
      [1 / 3, -1e-9],
      [1, 0.5],
      [0, 2 / 3],
    ] as const;
    expect(SPEC.lasso.write([{ isTakenAway: true, corners }])).toBe('!.33333:0,1:.5,0:.66667');
  });

  it.each(['0:0', '0:0,1:0,0', '0:0,1:0,0:1/', 'a:b,c:d,e:f', '0:0,1:0,1e9:1'])('is not "%s"', (text) => {
    expect(SPEC.lasso.read(text)).toBeUndefined();
  });
});
