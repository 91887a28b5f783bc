import type { Activation } from '@winnow/tensor';
import type { Block } from './basic-block';
import type { BatchNormOptions } from './layer-parameters';
import { biasedConvolution, convolutionNorm, depthwiseConvolutionNorm } from './convolution-norm';
import type { ParameterStore } from './parameter-store';

/** How the factors of the channels are made from their means. */
interface Excitation {
  /** Channels between the two 1x1 convolutions. */
  readonly squeezed: number;
  /** Between the two. */
  readonly activation: Activation;
  /** Of the factors. */
  readonly gate: Activation;
}

export interface ExcitedResidualSpec {
  /** Side of the depthwise window, odd. */
  readonly kernel: number;
  readonly from: number;
  /** Channels of the depthwise convolution; there is no expansion before it where they are `from`. */
  readonly hidden: number;
  readonly to: number;
  readonly stride: number;
  readonly activation: Activation;
  readonly norm: BatchNormOptions;
  /** Null: none. */
  readonly excitation: Excitation | null;
}

/**
 * The inverted residual of MobileNetV3 (Howard et al., ICCV 2019, figure 4) and EfficientNet: expand 1x1, filter each
 * channel, squeeze and excite, project 1x1 without activation; + x where the shape stays. torchvision's names.
 */
export function excitedResidual(store: ParameterStore, name: string, spec: ExcitedResidualSpec): Block {
  const { kernel, from, hidden, to, stride, activation, norm } = spec;
  let index = 0;
  const next = (): [string, string] => {
    const layer = `${name}.${index}`;
    index += 1;
    return [`${layer}.0`, `${layer}.1`];
  };
  const expand =
    hidden === from ? null : convolutionNorm(store, next(), { kernel: 1, from, to: hidden, stride: 1 }, norm);
  const filter = depthwiseConvolutionNorm(store, next(), { kernel, channels: hidden, stride }, norm);
  const excite = spec.excitation && squeezeExcitation(store, `${name}.${index}`, hidden, spec.excitation);
  if (excite) index += 1;
  const project = convolutionNorm(store, next(), { kernel: 1, from: hidden, to, stride: 1 }, norm);
  const keepsShape = stride === 1 && from === to;
  return (x, pass) => {
    const wide = expand ? pass.convolveNorm(x, expand, { activation }) : x;
    const filtered = pass.convolveNorm(wide, filter, { activation });
    const weighed = excite ? excite(filtered, pass) : filtered;
    return pass.convolveNorm(weighed, project, keepsShape ? { plus: x } : {});
  };
}

/** Hu et al., "Squeeze-and-Excitation Networks", CVPR 2018, section 3: each channel times a factor from the means of all. */
function squeezeExcitation(
  store: ParameterStore,
  name: string,
  channels: number,
  { squeezed, activation, gate }: Excitation,
): Block {
  const squeeze = biasedConvolution(store, `${name}.fc1`, { kernel: 1, from: channels, to: squeezed, stride: 1 });
  const excite = biasedConvolution(store, `${name}.fc2`, { kernel: 1, from: squeezed, to: channels, stride: 1 });
  return (x, pass) => {
    const inner = pass.activate(pass.convolve(pass.meanPool(x), squeeze), activation);
    return pass.multiply(x, pass.activate(pass.convolve(inner, excite), gate));
  };
}
