import fc from 'fast-check';
import { gradedKinds } from './graded-kinds';

describe('gradedKinds', () => {
  it('has its hand values', () => {
    // Sure; even, and known : unknown = 3 : 1; wrong, and certainly unknown.
    const { kinds, probabilities } = gradedKinds({
      right: Float64Array.of(1, 0.5, 0.25),
      wrong: Float64Array.of(0, 0.5, 0.75),
      known: Float64Array.of(0.5, 0.75, 0),
      unknown: Float64Array.of(0.5, 0.25, 1),
    });
    expect([...kinds]).toEqual([0, 0, 2]);
    const expected = [1, 0, 0, 3 / 7, 3 / 7, 1 / 7, 0.25, 0, 0.75];
    probabilities.forEach((value, at) => expect(value).toBeCloseTo(expected[at] as number, 6));
  });

  it('sums to 1 and has the kind of the rule as its largest', () => {
    const fraction = fc.integer({ min: 0, max: 1000 }).map((value) => value / 1000);
    fc.assert(
      fc.property(fraction, fraction, (right, known) => {
        const { kinds, probabilities } = gradedKinds({
          right: Float64Array.of(right),
          wrong: Float64Array.of(1 - right),
          known: Float64Array.of(known),
          unknown: Float64Array.of(1 - known),
        });
        expect(probabilities.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 6);
        expect(kinds[0]).toBe(right >= 0.5 ? 0 : known >= 0.5 ? 1 : 2);
      }),
    );
  });
});
