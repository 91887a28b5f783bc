import fc from 'fast-check';
import { parseSearch, readValues, stringifySearch, writeValues } from './codec';
import { isLassoWithinBounds, lassoParameter } from './lasso-parameter';

const SPEC = { lasso: lassoParameter() };
const side = fc.integer({ min: -50_000, max: 150_000 }).map((value) => value / 100_000);
const lasso = fc.array(
  fc.record({ isTakenAway: fc.boolean(), corners: fc.array(fc.tuple(side, side), { minLength: 3, maxLength: 40 }) }),
  { maxLength: 5 },
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

  it('has an end, which is that of the server', () => {
    const corners = Array.from({ length: 40 }, (_, corner) => [corner / 40 + 0.00012, 0.12345] as const);
    const lassoOf = (parts: number) => Array.from({ length: parts }, () => ({ isTakenAway: false, corners }));
    const fitting = [6, 7, 8].filter((parts) => isLassoWithinBounds(lassoOf(parts)));
    expect(fitting).toEqual([6]);
    expect(SPEC.lasso.read(SPEC.lasso.write(lassoOf(6)))).toHaveLength(6);
    expect(SPEC.lasso.read(SPEC.lasso.write(lassoOf(7)))).toBeUndefined();
    expect(
      isLassoWithinBounds(lassoOf(1).concat(Array(16).fill({ isTakenAway: true, corners: corners.slice(0, 3) }))),
    ).toBe(false);
  });

  it.each(['0:0', '0:0,1:0,0', '0:0,1:0,0:1/', 'a:b,c:d,e:f', '0:0,1:0,1e9:1'])('is not "%s"', (text) => {
    expect(SPEC.lasso.read(text)).toBeUndefined();
  });
});
