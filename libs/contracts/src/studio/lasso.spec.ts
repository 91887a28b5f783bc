import fc from 'fast-check';
import type { LassoPart } from './lasso';
import { isLassoWithinBounds, LASSO_LIMITS, MAP_LAYOUTS, parseLasso, writeLasso } from './lasso';

const side = fc.integer({ min: -50_000, max: 150_000 }).map((value) => value / 100_000);
const part = fc.record({
  isTakenAway: fc.boolean(),
  corners: fc.array(fc.tuple(side, side), { minLength: 3, maxLength: 40 }),
});
const lasso = fc.record({
  layout: fc.constantFrom(...MAP_LAYOUTS),
  parts: fc.array(part, { minLength: 1, maxLength: 5 }),
});
const triangle = (parts: readonly LassoPart[]) => ({ layout: 'triangle', parts }) as const;

describe('a lasso in an address', () => {
  it('is read as it was written, and is one text', () => {
    fc.assert(
      fc.property(lasso, (drawn) => {
        const text = writeLasso(drawn);
        expect(parseLasso(text)).toEqual(drawn);
        // Nothing of it needs an escape.
        expect(encodeURI(text)).toBe(text);
        expect(text.startsWith('neighbours/')).toBe(drawn.layout === 'neighbours');
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
    expect(writeLasso(triangle([{ isTakenAway: true, corners }]))).toBe('!.33333:0,1:.5,0:.66667');
  });

  it('has an end', () => {
    const corners = Array.from({ length: 40 }, (_, corner) => [corner / 40 + 0.00012, 0.12345] as const);
    const lassoOf = (parts: number) => triangle(Array.from({ length: parts }, () => ({ isTakenAway: false, corners })));
    expect([6, 7, 8].filter((parts) => isLassoWithinBounds(lassoOf(parts)))).toEqual([6]);
    expect(parseLasso(writeLasso(lassoOf(6)))?.parts).toHaveLength(6);
    expect(parseLasso(writeLasso(lassoOf(7)))).toBeNull();
    const small = Array(LASSO_LIMITS.parts).fill({ isTakenAway: true, corners: corners.slice(0, 3) });
    expect([isLassoWithinBounds(triangle(small)), isLassoWithinBounds(triangle([...small, small[0]]))]).toEqual([true, false]); // prettier-ignore
  });

  it.each([
    '',
    '0:0',
    '0:0,1:0,0',
    '0:0,1:0,0:1/',
    'a:b,c:d,e:f',
    '0:0,1:0,1e9:1',
    'neighbours',
    'triangle/0:0,1:0,0:1',
  ])('is not "%s"', (text) => {
    expect(parseLasso(text)).toBeNull();
  });
});
