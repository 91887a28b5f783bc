import { WinnowError } from '@winnow/contracts';
import { type BatchNormParameters, tf } from '@winnow/tensor';
import { epsilonOf } from '../architectures/layer-parameters';
import { EVALUATION_PASS } from '../passes/live-passes';
import type { ForwardPass } from '../passes/forward-pass';
import type { Model } from '../model';

/** Largest change of the features that rounding explains, of the largest feature. */
const TOLERANCE = 1e-3;

interface Moments {
  count: number;
  readonly mean: Float64Array;
  /** Sum of squared distances from the mean. */
  readonly squares: Float64Array;
}

/**
 * Makes normalisations that were folded into their convolutions real ones again: with the mean and variance of what the
 * convolutions give for the images, and a scale and offset that leave the network's function as it is. Filters stay.
 * @param batches normalised images, NHWC, each made when it is needed and disposed of here
 * @throws WinnowError INTERNAL where the function changes, or statistics are no numbers; MISSING_INPUT without images
 */
export function unfoldNorms(
  model: Model,
  folded: readonly BatchNormParameters[],
  batches: Iterable<() => tf.Tensor4D>,
): void {
  const measured = new Map(folded.map((norm) => [norm, null as Moments | null]));
  const pass: ForwardPass = {
    ...EVALUATION_PASS,
    convolveNorm: (x, { convolution, norm }, epilogue) => {
      const y = EVALUATION_PASS.convolve(x, convolution);
      if (measured.has(norm)) measured.set(norm, merge(measured.get(norm) ?? null, y));
      return EVALUATION_PASS.normalise(y, norm, epilogue);
    },
  };
  let first: { readonly make: () => tf.Tensor4D; readonly features: Float32Array } | null = null;
  for (const make of batches) {
    const features = tf.tidy(() => model.through(make(), pass).features.dataSync().slice()) as unknown as Float32Array;
    first ??= { make, features };
  }
  if (first === null) {
    throw new WinnowError('MISSING_INPUT', 'Batch normalisation was folded into the convolutions of this network', {
      next: 'Name some hundred images, so that it becomes a real one again: --images FOLDER.',
    });
  }
  for (const [norm, moments] of measured) restore(norm, moments as Moments);
  const { make, features } = first;
  const now = tf.tidy(() => model.forward(make(), { training: false }).features.dataSync()) as unknown as Float32Array;
  const largest = features.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const change = features.reduce((most, value, at) => Math.max(most, Math.abs(value - (now[at] as number))), 0);
  if (change <= TOLERANCE * largest) return;
  throw new WinnowError(
    'INTERNAL',
    `Unfolding batch normalisation changes the network: features by ${change} of ${largest}`,
    {
      // prettier-ignore
      where: model.name,
      next: 'Report this as a bug.',
    },
  );
}

/** Chan et al. 1979: means and squares of two samples together. */
function merge(before: Moments | null, y: tf.Tensor4D): Moments {
  const [means, variances] = tf.tidy(() => {
    const { mean, variance } = tf.moments(y, [0, 1, 2]);
    return [mean.dataSync(), variance.dataSync()];
  }) as unknown as [Float32Array, Float32Array];
  const count = y.size / means.length;
  const now = {
    count,
    mean: Float64Array.from(means),
    squares: Float64Array.from(variances, (value) => value * count),
  };
  if (before === null) return now;
  const total = before.count + count;
  const delta = now.mean.map((value, at) => value - (before.mean[at] as number));
  return {
    count: total,
    mean: before.mean.map((value, at) => value + ((delta[at] as number) * count) / total),
    squares: before.squares.map(
      (value, at) => value + (now.squares[at] as number) + ((delta[at] as number) ** 2 * before.count * count) / total,
    ),
  };
}

/** gamma = sqrt(variance + epsilon), beta = bias + mean: what the norm does stays the addition of the bias. */
function restore(norm: BatchNormParameters, { count, mean, squares }: Moments): void {
  const epsilon = epsilonOf(norm);
  const variance = squares.map((value) => value / count);
  if (!variance.every(Number.isFinite)) {
    throw new WinnowError('INTERNAL', 'The outputs of a convolution are no finite numbers', {
      next: 'Check how the pixels are normalised: --range, --mean, --std.',
    });
  }
  tf.tidy(() => {
    const bias = norm.beta.dataSync().map((value, at) => value - (norm.runningMean.dataSync()[at] as number));
    const beta = Float32Array.from(mean, (value, at) => value + (bias[at] as number));
    (norm.gamma as tf.Variable).assign(tf.tensor1d(Float32Array.from(variance, (value) => Math.sqrt(value + epsilon))));
    (norm.beta as tf.Variable).assign(tf.tensor1d(beta));
    norm.runningMean.assign(tf.tensor1d(Float32Array.from(mean)));
    norm.runningVariance.assign(tf.tensor1d(Float32Array.from(variance)));
  });
}
