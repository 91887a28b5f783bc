import { SeededRandom } from '@winnow/random';
import { fitGaussianMixture1d, mixturePosteriors } from './gaussian-mixture';
import { golden } from '../spec-support/golden';

const PAPER = { components: 20, maxIterations: 10, tolerance: 1e-2, covarianceRegulariser: 5e-4, seed: 1 };

function expectClose(found: ArrayLike<number>, expected: readonly number[], digits: number): void {
  expect(found.length).toBe(expected.length);
  expected.forEach((value, index) => expect(found[index]).toBeCloseTo(value, digits));
}

describe('fitGaussianMixture1d', () => {
  it.each(golden.mixtures)('agrees with scikit-learn: $name', (expected) => {
    const mixture = fitGaussianMixture1d(expected.values, {
      ...PAPER,
      components: expected.initialMeans.length,
      initialMeans: expected.initialMeans,
      maxIterations: expected.maxIterations,
      tolerance: expected.tolerance,
    });
    expectClose(mixture.means, expected.means, 8);
    expectClose(mixture.weights, expected.weights, 8);
    expectClose(mixture.variances, expected.variances, 8);
    expectClose(
      mixture.responsibilities.slice(0, expected.firstResponsibilities.length),
      expected.firstResponsibilities,
      8,
    );
    expect(mixture.lowerBound).toBeCloseTo(expected.lowerBound, 8);
    expect(mixture.iterations).toBe(expected.iterations);
    expect(mixture.converged).toBe(expected.converged);
  });

  it('has hand values for one component: mean and variance of the values', () => {
    const mixture = fitGaussianMixture1d([1, 2, 3, 6], { ...PAPER, components: 1 });
    expectClose(mixture.means, [3], 12);
    expectClose(mixture.variances, [3.5 + 5e-4], 12);
    expectClose(mixture.responsibilities, [1, 1, 1, 1], 12);
  });

  it('finds the parts from which values were drawn', () => {
    const random = new SeededRandom('parts');
    const values = Array.from({ length: 30_000 }, (_, i) =>
      i % 3 === 0 ? 5 + random.normal() : 0.5 * random.normal(),
    );
    const options = { ...PAPER, components: 2, maxIterations: 100, tolerance: 1e-6 };
    const { means, weights, variances } = fitGaussianMixture1d(values, options);
    expectClose(means, [0, 5], 1);
    expectClose(weights, [2 / 3, 1 / 3], 1);
    expectClose(variances, [0.25, 1], 1);
  });

  it('is the same for the same seed, sorts components by mean, and its responsibilities sum to 1', () => {
    const random = new SeededRandom('repeat');
    const values = Array.from({ length: 400 }, () => random.next());
    const mixture = fitGaussianMixture1d(values, PAPER);
    expect(fitGaussianMixture1d(values, PAPER)).toEqual(mixture);
    expect([...mixture.means].sort((a, b) => a - b)).toEqual([...mixture.means]);
    values.forEach((_, row) => {
      const sum = mixture.responsibilities.slice(row * 20, (row + 1) * 20).reduce((total, value) => total + value, 0);
      expect(sum).toBeCloseTo(1, 10);
    });
  });

  it('never lowers the likelihood with more iterations', () => {
    const { values } = golden.mixtures[1] as (typeof golden.mixtures)[number];
    const bounds = [1, 2, 4, 8, 16].map(
      (maxIterations) =>
        fitGaussianMixture1d(values, { ...PAPER, components: 3, covarianceRegulariser: 0, maxIterations, tolerance: 0 })
          .lowerBound,
    );
    bounds.slice(1).forEach((bound, index) => expect(bound).toBeGreaterThanOrEqual((bounds[index] as number) - 1e-12));
  });

  it('takes fewer components where there are fewer distinct values', () => {
    expect(fitGaussianMixture1d([1, 1, 2], PAPER).means).toHaveLength(2);
    expect([...fitGaussianMixture1d([4], PAPER).responsibilities]).toEqual([1]);
  });

  it('gives other values their posteriors, and its own the same ones', () => {
    const { values } = golden.mixtures[0] as (typeof golden.mixtures)[number];
    const mixture = fitGaussianMixture1d(values, { ...PAPER, components: 2 });
    expect(mixturePosteriors(mixture, values)).toEqual(mixture.responsibilities);
    // Two equal components at 0 and 2: half way both are as likely; at 0 the odds are exp(2) : 1.
    const twins = {
      weights: Float64Array.of(0.5, 0.5),
      means: Float64Array.of(0, 2),
      variances: Float64Array.of(1, 1),
    };
    expectClose(mixturePosteriors(twins, [1, 0]), [0.5, 0.5, 1 / (1 + Math.exp(-2)), 1 / (1 + Math.exp(2))], 12);
  });

  it('refuses no values and another number of initial means', () => {
    expect(() => fitGaussianMixture1d([], PAPER)).toThrow(/at least one value/);
    expect(() => fitGaussianMixture1d([1, 2], { ...PAPER, initialMeans: [1] })).toThrow(/1 initial means for 20/);
  });
});
