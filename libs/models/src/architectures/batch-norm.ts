import type { BatchNormParameters } from '@winnow/tensor';

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
