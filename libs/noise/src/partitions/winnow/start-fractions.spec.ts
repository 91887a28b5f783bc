import { SeededRandom } from '@winnow/random';
import type { OpenSetBasis } from './open-set-classifier';
import { sigmoid } from '../../row-math';
import { chanceAtMean, startFractions } from './start-fractions';

describe('startFractions', () => {
  // The teacher says 0, 1, 1, 0.
  const logits = Float32Array.of(2, 0, 0, 1, -1, 3, 5, 4);

  it('divides what labels and teacher disagree on', () => {
    const { open, wrong } = startFractions(logits, Int32Array.of(0, 1, 0, 1), 2);
    expect(open).toBeCloseTo(0.3, 12);
    expect(wrong).toBeCloseTo(0.2, 12);
  });

  it('leaves open images possible where they agree on all', () => {
    const { open, wrong } = startFractions(logits, Int32Array.of(0, 1, 1, 0), 2);
    expect(open).toBeGreaterThan(0);
    expect(wrong).toBeGreaterThan(0);
    expect(open + wrong).toBeLessThan(0.01);
  });
});

describe('chanceAtMean', () => {
  const basisOf = (rows: readonly (readonly number[])[], means: readonly number[]): OpenSetBasis => ({
    values: Float32Array.from(rows.flat()),
    width: means.length,
    blocks: [1],
    means: Float64Array.from(means),
  });

  it('is the mean chance itself where weights are zero', () => {
    expect(chanceAtMean(basisOf([[1, 3], [1, -3]], [0, 0]), 0.2)).toBeCloseTo(0.2, 9); // prettier-ignore
  });

  it('is a half for a half where images lie alike on both sides', () => {
    expect(chanceAtMean(basisOf([[1, 1], [1, -1]], [0, 4]), 0.5)).toBeCloseTo(0.5, 9); // prettier-ignore
  });

  it.each([0.01, 0.3, 0.9])('makes the mean chance of a pool %s, whatever the constant was', (wanted) => {
    const random = new SeededRandom('chances');
    const rows = Array.from({ length: 500 }, () => [1, random.normal(), random.normal()]);
    const basis = basisOf(rows, [7, -2, 3]);
    const found = chanceAtMean(basis, wanted);
    const constant = Math.log(found / (1 - found));
    const chances = rows.map(([, a, b]) => sigmoid(constant - 2 * (a as number) + 3 * (b as number)));
    expect(chances.reduce((sum, chance) => sum + chance / 500, 0)).toBeCloseTo(wanted, 5);
  });
});
