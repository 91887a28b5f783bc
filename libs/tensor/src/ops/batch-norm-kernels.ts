import * as tf from '@tensorflow/tfjs';
import { runTensorflowKernel } from '../engines/tensorflow-kernel';
import { activate, type Activation, NATIVE_ACTIVATIONS } from './activation';

/** What a batch normalisation holds; tensors are [channels]. */
export interface BatchNormParameters {
  readonly gamma: tf.Tensor1D;
  readonly beta: tf.Tensor1D;
  readonly runningMean: tf.Variable<tf.Rank.R1>;
  readonly runningVariance: tf.Variable<tf.Rank.R1>;
  /** Added to the variance; default 1e-5. */
  readonly epsilon?: number;
  /** Fraction of the new batch in the running statistics; default .1. */
  readonly momentum?: number;
}

export interface BatchNormTrainOptions {
  /** Added to the variance. */
  readonly epsilon: number;
  /** Share of this batch in the running statistics. */
  readonly momentum: number;
  /** Default none. */
  readonly activation?: Activation | undefined;
  /** Added before the activation, of x's shape: the other branch of a residual block. */
  readonly plus?: tf.Tensor4D | undefined;
}

/** A batch that was normalised by its own statistics. */
export interface Normalised {
  readonly y: tf.Tensor4D;
  readonly mean: tf.Tensor1D;
  /** Divided by the count. */
  readonly variance: tf.Tensor1D;
}

/** Those whose gradient the kernel knows from their result, after a summand. */
const KNOWN_FROM_RESULT: readonly Activation[] = ['none', 'relu', 'relu6'];

/**
 * batchNormTrain by one kernel of ours each way: statistics, normalisation, summand and activation at once.
 * @param fixed the running statistics are used, and stay; `affine`: gradients of scale and offset are wanted
 */
export function nativeBatchNorm(
  x: tf.Tensor4D,
  parameters: BatchNormParameters,
  options: BatchNormTrainOptions,
  fixed?: { readonly affine: boolean },
): tf.Tensor4D {
  const { epsilon, momentum, activation = 'none', plus: residual } = options;
  if (residual && !KNOWN_FROM_RESULT.includes(activation)) {
    return activate(nativeBatchNorm(x, parameters, { ...options, activation: 'none' }, fixed), activation);
  }
  const { gamma, beta, runningMean, runningVariance } = parameters;
  const attributes = {
    floats: { epsilon, momentum },
    integers: { activation: NATIVE_ACTIVATIONS[activation] },
    booleans: { plus: residual !== undefined, fixed: fixed !== undefined, affine: fixed?.affine ?? true },
  };
  const differentiated = residual ? [x, gamma, beta, residual] : [x, gamma, beta];
  const normalise = tf.customGrad((...args) => {
    const save = args.pop() as unknown as tf.GradSaveFunc;
    const [input, scale, offset, addend = tf.tensor1d([])] = args as tf.Tensor[];
    const [y, mean, inverse, movedMean, movedVariance] = runTensorflowKernel({
      name: 'WinnowBatchNorm',
      inputs: [input, scale, offset, addend, runningMean, runningVariance] as tf.Tensor[],
      outputs: 5,
      ...attributes,
    }) as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor1D, tf.Tensor1D];
    if (!fixed) {
      runningMean.assign(movedMean);
      runningVariance.assign(movedVariance);
    }
    // The gradient needs the result only where something was added on the way to the activation.
    const isGated = activation !== 'none';
    save([isGated && residual ? y : tf.tensor1d([]), input, scale, offset, mean, inverse] as tf.Tensor[]);
    return {
      value: y,
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const call = { name: 'WinnowBatchNormGrad', inputs: [dy, ...saved], outputs: 4, ...attributes };
        const [dx, dGamma, dBeta, dResidual] = runTensorflowKernel(call) as [
          tf.Tensor,
          tf.Tensor,
          tf.Tensor,
          tf.Tensor,
        ];
        if (!residual) return [dx, dGamma, dBeta];
        return [dx, dGamma, dBeta, isGated ? dResidual : dy.clone()];
      },
    };
  });
  return normalise(...differentiated) as tf.Tensor4D;
}

/** Normalisation by TensorFlow's own kernels, which run on every device that it knows. */
export function fusedBatchNorm(x: tf.Tensor4D, { gamma, beta }: BatchNormParameters, epsilon: number): Normalised {
  const floatTypes = ['T', 'U'];
  const strings = { data_format: 'NHWC' };
  const booleans = { is_training: true };
  let statistics: tf.Tensor[] = [];

  const normalise = tf.customGrad((...args) => {
    const [input, scale, offset, save] = args as unknown as [tf.Tensor4D, tf.Tensor1D, tf.Tensor1D, tf.GradSaveFunc];
    const empty = tf.tensor1d([]);
    const [y, mean, unbiased, ...reserves] = runTensorflowKernel({
      name: 'FusedBatchNormV3',
      inputs: [input, scale, offset, empty, empty],
      outputs: 6,
      floatTypes,
      floats: { epsilon, exponential_avg_factor: 1 },
      strings,
      booleans,
    }) as [tf.Tensor, tf.Tensor, tf.Tensor, ...tf.Tensor[]];
    const count = input.size / scale.size;
    // The kernel states the sample variance; what it divides by is the biased one.
    statistics = [tf.keep(mean), tf.keep(unbiased.mul(Math.max(count - 1, 1) / count))];
    save([input, scale, ...reserves]);
    return {
      value: y,
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) =>
        runTensorflowKernel({
          name: 'FusedBatchNormGradV3',
          inputs: [dy, ...saved],
          outputs: 5,
          floatTypes,
          floats: { epsilon },
          strings,
          booleans,
        }).slice(0, 3),
    };
  });
  const y = normalise(x, gamma, beta) as tf.Tensor4D;
  // Kept so that customGrad did not drop them; the clones belong to the caller's scope.
  const [mean, variance] = statistics.map((tensor) => {
    const clone = tensor.clone();
    tensor.dispose();
    return clone;
  }) as [tf.Tensor1D, tf.Tensor1D];
  return { y, mean, variance };
}
