import { WinnowError } from '@winnow/contracts';
import { SeededRandom } from '@winnow/random';
import { kMeans1d, kMeansPlusPlus1d } from './k-means-1d';

export interface GaussianMixtureOptions {
  /** Lowered to the number of distinct values where there are fewer; not where `initialMeans` are given. */
  readonly components: number;
  readonly maxIterations: number;
  /** Stop once the mean log-likelihood changes by less. */
  readonly tolerance: number;
  /** Added to every variance. */
  readonly covarianceRegulariser: number;
  readonly seed: number | string;
  /** Start of the k-means in place of k-means++, [components]. */
  readonly initialMeans?: ArrayLike<number>;
}

/** A mixture of normal distributions on the line, components in the order of their means. */
export interface GaussianMixture {
  readonly weights: Float64Array;
  readonly means: Float64Array;
  readonly variances: Float64Array;
  /** Posterior of every component for every value, [count, components], row-major. */
  readonly responsibilities: Float64Array;
  /** Mean log-likelihood before the last update, nats. */
  readonly lowerBound: number;
  readonly iterations: number;
  readonly converged: boolean;
}

type ParameterName = 'weights' | 'means' | 'variances';
type Parameters = Pick<GaussianMixture, ParameterName>;

/** Keeps a component without members from dividing by zero; 10 machine epsilons, as in scikit-learn. */
const SMALLEST_MASS = 10 * Number.EPSILON;

/**
 * Fits a 1-D Gaussian mixture by expectation maximisation from a k-means start. Steps and stopping rule are those of
 * scikit-learn's GaussianMixture (full covariance): Dempster, Laird and Rubin 1977.
 * @param values [count], at least one
 * @throws WinnowError MISSING_INPUT without values, SHAPE_MISMATCH for another number of initial means
 */
export function fitGaussianMixture1d(values: ArrayLike<number>, options: GaussianMixtureOptions): GaussianMixture {
  if (values.length === 0) {
    throw new WinnowError('MISSING_INPUT', 'a mixture needs at least one value', { next: 'Give a pool with images.' });
  }
  const data = Float64Array.from(values);
  let parameters = initialParameters(data, options);
  let lowerBound = -Infinity;
  let converged = false;
  let iterations = 0;
  while (iterations < options.maxIterations && !converged) {
    iterations += 1;
    const step = expectation(data, parameters);
    parameters = maximisation(data, step.responsibilities, options.covarianceRegulariser);
    converged = Math.abs(step.meanLogLikelihood - lowerBound) < options.tolerance;
    lowerBound = step.meanLogLikelihood;
  }
  const sorted = sortByMean(parameters);
  const { responsibilities } = expectation(data, sorted);
  return { ...sorted, responsibilities, lowerBound, iterations, converged };
}

/**
 * Posterior of every component of a fitted mixture for other values than those it was fitted to.
 * @returns [count, components], row-major
 */
export function mixturePosteriors(
  mixture: Pick<GaussianMixture, ParameterName>,
  values: ArrayLike<number>,
): Float64Array {
  return expectation(Float64Array.from(values), mixture).responsibilities;
}

function initialParameters(data: Float64Array, options: GaussianMixtureOptions): Parameters {
  const { initialMeans } = options;
  if (initialMeans !== undefined && initialMeans.length !== options.components) {
    throw new WinnowError(
      'SHAPE_MISMATCH',
      `${initialMeans.length} initial means for ${options.components} components`,
      {
        next: 'Give one initial mean for each component.',
      },
    );
  }
  const components = Math.min(options.components, new Set(data).size);
  const start = initialMeans ?? kMeansPlusPlus1d(data, components, new SeededRandom(options.seed).fork('mixture'));
  const { labels } = kMeans1d(data, start);
  const responsibilities = new Float64Array(data.length * start.length);
  labels.forEach((label, index) => (responsibilities[index * start.length + label] = 1));
  return maximisation(data, responsibilities, options.covarianceRegulariser);
}

function expectation(
  data: Float64Array,
  { weights, means, variances }: Parameters,
): { responsibilities: Float64Array; meanLogLikelihood: number } {
  const components = means.length;
  const responsibilities = new Float64Array(data.length * components);
  const constants = variances.map(
    (variance, k) => Math.log(weights[k] as number) - 0.5 * Math.log(2 * Math.PI * variance),
  );
  let total = 0;
  data.forEach((value, index) => {
    const row = responsibilities.subarray(index * components, (index + 1) * components);
    let highest = -Infinity;
    for (let k = 0; k < components; k += 1) {
      const square = (value - (means[k] as number)) ** 2 / (variances[k] as number);
      row[k] = (constants[k] as number) - 0.5 * square;
      highest = Math.max(highest, row[k] as number);
    }
    let sum = 0;
    for (let k = 0; k < components; k += 1) {
      row[k] = Math.exp((row[k] as number) - highest);
      sum += row[k] as number;
    }
    for (let k = 0; k < components; k += 1) row[k] = (row[k] as number) / sum;
    total += highest + Math.log(sum);
  });
  return { responsibilities, meanLogLikelihood: total / data.length };
}

function maximisation(data: Float64Array, responsibilities: Float64Array, regulariser: number): Parameters {
  const components = responsibilities.length / data.length;
  const column = (k: number, add: (value: number, weight: number) => number): number => {
    let sum = 0;
    for (let index = 0; index < data.length; index += 1) {
      sum += add(data[index] as number, responsibilities[index * components + k] as number);
    }
    return sum;
  };
  const masses = Float64Array.from({ length: components }, (_, k) => column(k, (_value, r) => r) + SMALLEST_MASS);
  const means = masses.map((mass, k) => column(k, (value, r) => r * value) / mass);
  const variances = masses.map(
    (mass, k) => column(k, (value, r) => r * (value - (means[k] as number)) ** 2) / mass + regulariser,
  );
  const total = masses.reduce((sum, mass) => sum + mass, 0);
  return { weights: masses.map((mass) => mass / total), means, variances };
}

function sortByMean({ weights, means, variances }: Parameters): Parameters {
  const order = [...means.keys()].sort((a, b) => (means[a] as number) - (means[b] as number) || a - b);
  const sorted = (values: Float64Array): Float64Array => Float64Array.from(order, (k) => values[k] as number);
  return { weights: sorted(weights), means: sorted(means), variances: sorted(variances) };
}
