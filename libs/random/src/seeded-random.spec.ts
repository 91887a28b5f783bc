import fc from 'fast-check';
import { SeededRandom } from './seeded-random';

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const draw = (count: number, next: () => number): number[] => Array.from({ length: count }, next);

describe('SeededRandom', () => {
  it('gives the same sequence for the same seed and another for another', () => {
    const sequence = (seed: number) =>
      draw(
        8,
        (
          (random) => () =>
            random.uint32()
        )(new SeededRandom(seed)),
      );
    expect(sequence(7)).toEqual(sequence(7));
    expect(sequence(7)).not.toEqual(sequence(8));
  });

  it('forks streams that do not depend on what was drawn before', () => {
    const random = new SeededRandom(1);
    const before = random.fork('a', 1).uint32();
    random.uint32();
    expect(random.fork('a', 1).uint32()).toBe(before);
    expect(random.fork('a', 2).uint32()).not.toBe(before);
  });

  it('draws within bounds and refuses a bad bound', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 1, max: 1000 }), (seed, bound) => {
        const value = new SeededRandom(seed).int(bound);
        return Number.isInteger(value) && value >= 0 && value < bound;
      }),
    );
    expect(() => new SeededRandom(1).int(0)).toThrow(RangeError);
    expect(() => new SeededRandom(1).gamma(0)).toThrow(RangeError);
  });

  it('has the moments of its distributions', () => {
    const random = new SeededRandom(3);
    expect(mean(draw(20_000, () => random.next()))).toBeCloseTo(0.5, 1);
    const normals = draw(20_000, () => random.normal());
    expect(mean(normals)).toBeCloseTo(0, 1);
    expect(mean(normals.map((value) => value * value))).toBeCloseTo(1, 1);
    const betas = draw(20_000, () => random.beta(8, 8));
    expect(mean(betas)).toBeCloseTo(0.5, 2);
    // Var of Beta(8, 8) = 1 / (4 * 17)
    expect(mean(betas.map((value) => (value - 0.5) ** 2))).toBeCloseTo(1 / 68, 3);
    expect(mean(draw(20_000, () => random.gamma(0.5)))).toBeCloseTo(0.5, 1);
  });

  it('draws beta with parameters whose gammas are too small for numbers', () => {
    const random = new SeededRandom('ends');
    const betas = Array.from({ length: 2000 }, () => random.beta(0.001, 0.003));
    expect(betas.every((value) => value >= 0 && value <= 1)).toBe(true);
    expect(betas.reduce((sum, value) => sum + value / 2000, 0)).toBeCloseTo(0.25, 1);
  });

  it('permutes: every index once', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 0, max: 200 }), (seed, count) => {
        const order = new SeededRandom(seed).permutation(count);
        expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, index) => index));
      }),
    );
  });
});
