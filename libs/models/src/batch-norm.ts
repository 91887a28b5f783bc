import type { BatchNormParameters } from '@winnow/tensor';

import type { ParameterStore } from './parameter-store';

export const BATCH_NORM_EPSILON = 1e-5;
/** Share of the new batch in the running statistics, PyTorch's default. */
export const BATCH_NORM_MOMENTUM = 0.1;

/** Batch normalisation under PyTorch's names: scale 1, offset 0, running mean 0, running variance 1. */
export function batchNorm(store: ParameterStore, name: string, channels: number): BatchNormParameters {
  return {
    gamma: store.constant(`${name}.weight`, channels, 1, true),
    beta: store.constant(`${name}.bias`, channels, 0, true),
    runningMean: store.constant(`${name}.running_mean`, channels, 0, false),
    runningVariance: store.constant(`${name}.running_var`, channels, 1, false),
  };
}
