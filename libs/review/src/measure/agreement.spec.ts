import fc from 'fast-check';
import { agreementOf } from './agreement';

const repeat = (count: number, pair: readonly [string, string]) => Array.from({ length: count }, () => pair);

describe('agreementOf', () => {
  it("is Cohen's kappa", () => {
    // Cohen 1960, table 1, proportions of 200: kappa .492.
    const table = [
      [88, 14, 18],
      [10, 40, 10],
      [2, 6, 12],
    ];
    const pairs = table.flatMap((row, first) =>
      row.flatMap((count, second) => repeat(count, [`${first}`, `${second}`])),
    );
    const { same, of, kappa } = agreementOf(pairs);
    expect([same, of]).toEqual([140, 200]);
    expect(kappa).toBeCloseTo(0.492, 3);
  });

  it('is 1 where all is the same, 0 where one says the same always, and nothing without pairs', () => {
    expect(agreementOf([...repeat(3, ['a', 'a']), ...repeat(2, ['b', 'b'])]).kappa).toBe(1);
    expect(agreementOf([...repeat(3, ['a', 'a']), ...repeat(2, ['a', 'b'])]).kappa).toBe(0);
    expect(agreementOf(repeat(3, ['a', 'a']))).toEqual({ same: 3, of: 3, kappa: null });
    expect(agreementOf([])).toEqual({ same: 0, of: 0, kappa: null });
  });

  it('does not ask who was first', () => {
    const said = fc.constantFrom('a', 'b', 'open');
    fc.assert(
      fc.property(fc.array(fc.tuple(said, said)), (pairs) => {
        const turned = pairs.map(([first, second]) => [second, first] as const);
        expect(agreementOf(turned)).toEqual(agreementOf(pairs));
      }),
    );
  });
});
