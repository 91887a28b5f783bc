import { batchNorm, type BatchNormOptions } from './layer-parameters';
import type { Convolution, ConvolutionNorm } from '../passes/forward-pass';
import type { ParameterStore } from './parameter-store';

export interface ConvolutionSize {
  /** Side of the square window, odd: padding keeps the image's size at stride 1. */
  readonly kernel: number;
  readonly from: number;
  readonly to: number;
  readonly stride: number;
}

/** A convolution with fresh weights. @param name PyTorch's, without `.weight` */
export function convolution(store: ParameterStore, name: string, size: ConvolutionSize): Convolution {
  const { kernel, from, to, stride } = size;
  const filter = store.convolution(`${name}.weight`, [kernel, kernel, from, to]);
  return { filter, stride, padding: (kernel - 1) / 2 };
}

/** Likewise, with a bias that starts at zero. @param name PyTorch's, without `.weight` and `.bias` */
export function biasedConvolution(store: ParameterStore, name: string, size: ConvolutionSize): Convolution {
  return { ...convolution(store, name, size), bias: store.constant(`${name}.bias`, size.to, 0, true) };
}

export interface DepthwiseConvolutionSize {
  /** Side of the square window, odd. */
  readonly kernel: number;
  readonly channels: number;
  readonly stride: number;
}

/** A convolution of each channel on its own, and its batch normalisation. @param names PyTorch's names of the two */
export function depthwiseConvolutionNorm(
  store: ParameterStore,
  names: readonly [string, string],
  { kernel, channels, stride }: DepthwiseConvolutionSize,
  options?: BatchNormOptions,
): ConvolutionNorm {
  const filter = store.depthwise(`${names[0]}.weight`, [kernel, kernel, channels, 1]);
  const padding = (kernel - 1) / 2;
  return {
    convolution: { filter, stride, padding, depthwise: true },
    norm: batchNorm(store, names[1], channels, options),
  };
}

/** A convolution and its batch normalisation. @param names PyTorch's names of the two */
export function convolutionNorm(
  store: ParameterStore,
  names: readonly [string, string],
  size: ConvolutionSize,
  options?: BatchNormOptions,
): ConvolutionNorm {
  return { convolution: convolution(store, names[0], size), norm: batchNorm(store, names[1], size.to, options) };
}
