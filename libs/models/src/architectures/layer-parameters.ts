import { type BatchNormParameters, type LayerNormParameters, tf } from '@winnow/tensor';
import type { ParameterStore } from './parameter-store';

/** PyTorch's defaults. */
const DEFAULT_EPSILON = 1e-5;
const DEFAULT_MOMENTUM = 0.1;

/** What an architecture may set of its normalisations. */
export type BatchNormOptions = Pick<BatchNormParameters, 'epsilon' | 'momentum'>;

/** What is added to the variance. */
export function epsilonOf({ epsilon = DEFAULT_EPSILON }: BatchNormOptions): number {
  return epsilon;
}

/** Fraction of the new batch in the running statistics. */
export function momentumOf({ momentum = DEFAULT_MOMENTUM }: BatchNormOptions): number {
  return momentum;
}

/** Batch normalisation under PyTorch's names: scale 1, offset 0, running mean 0, running variance 1. */
export function batchNorm(
  store: ParameterStore,
  name: string,
  channels: number,
  options: BatchNormOptions = {},
): BatchNormParameters {
  return {
    ...options,
    gamma: store.constant(`${name}.weight`, channels, 1, true),
    beta: store.constant(`${name}.bias`, channels, 0, true),
    runningMean: store.constant(`${name}.running_mean`, channels, 0, false),
    runningVariance: store.constant(`${name}.running_var`, channels, 1, false),
  };
}

/** timm's for ConvNeXt and vision transformers. */
const LAYER_NORM_EPSILON = 1e-6;
/** Of the normal distribution from which they begin their weights. */
export const START_DEVIATION = 0.02;

/** Layer normalisation under PyTorch's names: scale 1, offset 0. */
export function layerNormParameters(store: ParameterStore, name: string, channels: number): LayerNormParameters {
  return {
    gamma: store.constant(`${name}.weight`, channels, 1, true),
    beta: store.constant(`${name}.bias`, channels, 0, true),
    epsilon: LAYER_NORM_EPSILON,
  };
}

export interface LinearSize {
  readonly from: number;
  readonly to: number;
  /** True: PyTorch keeps its weight as a 1x1 convolution's. */
  readonly isConvolution?: boolean;
}

/** Weight and bias under PyTorch's names. */
export function linearParameters(
  store: ParameterStore,
  name: string,
  { from, to, isConvolution }: LinearSize,
): { readonly weight: tf.Variable; readonly bias: tf.Variable<tf.Rank.R1> } {
  const shape = isConvolution ? [1, 1, from, to] : [from, to];
  return {
    weight: store.normal(`${name}.weight`, shape, START_DEVIATION),
    bias: store.constant(`${name}.bias`, to, 0, true),
  };
}

/** x -> x weight + bias */
export interface Linear {
  /** PyTorch's, without `.weight` and `.bias`. */
  readonly name: string;
  /** [batch, from] to [batch, to] */
  apply(x: tf.Tensor2D): tf.Tensor2D;
}

/** A classifier with PyTorch's names and initial weights. */
export function linear(store: ParameterStore, name: string, from: number, to: number): Linear {
  const weight = store.uniform(`${name}.weight`, [from, to], from) as tf.Variable<tf.Rank.R2>;
  const bias = store.uniform(`${name}.bias`, [to], from);
  return { name, apply: (x) => tf.add(tf.matMul(x, weight), bias) as tf.Tensor2D };
}
