import type { LayerNormParameters, tf } from '@winnow/tensor';
import type { ParameterStore } from './parameter-store';

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
