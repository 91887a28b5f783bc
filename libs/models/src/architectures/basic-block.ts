import type { tf } from '@winnow/tensor';
import { convolutionNorm, type ConvolutionSize } from './convolution-norm';
import type { ConvolutionNorm, ForwardPass } from '../passes/forward-pass';
import type { ParameterStore } from './parameter-store';

/** A part of a network: feature map to feature map. */
export type Block = (x: tf.Tensor4D, pass: ForwardPass) => tf.Tensor4D;

/**
 * relu(bn2(conv2(relu(bn1(conv1(x))))) + shortcut(x)): He et al., CVPR 2016, figure 2. The shortcut is x itself, or a 1x1
 * convolution with batch norm where the shape changes (option B).
 * @param shortcut the projection's name: `shortcut` in CIFAR code bases, `downsample` in torchvision
 */
export function basicBlock(store: ParameterStore, name: string, size: ConvolutionSize, shortcut: string): Block {
  const first = convolutionNorm(store, [`${name}.conv1`, `${name}.bn1`], size);
  const second = convolutionNorm(store, [`${name}.conv2`, `${name}.bn2`], { ...size, from: size.to, stride: 1 });
  const projection = projectionFor(store, `${name}.${shortcut}`, size);
  return (x, pass) => {
    const inner = pass.convolveNorm(x, first, { activation: 'relu' });
    const residual = projection ? pass.convolveNorm(x, projection) : x;
    return pass.convolveNorm(inner, second, { activation: 'relu', plus: residual });
  };
}

/** A bottleneck's result has so many times the channels of its 3x3 convolution. */
export const BOTTLENECK_EXPANSION = 4;

/**
 * Likewise of convolutions 1x1, 3x3 and 1x1, the last with four times the channels: He et al., figure 5. The stride is in
 * the 3x3, as in torchvision ("ResNet v1.5"), whose names these are.
 * @param size of the 3x3 convolution, with the channels that the block takes
 */
export function bottleneckBlock(store: ParameterStore, name: string, size: ConvolutionSize, shortcut: string): Block {
  const { from, to: width } = size;
  const to = width * BOTTLENECK_EXPANSION;
  const layer = (index: number, layerSize: ConvolutionSize): ConvolutionNorm =>
    convolutionNorm(store, [`${name}.conv${index}`, `${name}.bn${index}`], layerSize);
  const reduce = layer(1, { kernel: 1, from, to: width, stride: 1 });
  const middle = layer(2, { ...size, from: width });
  const expand = layer(3, { kernel: 1, from: width, to, stride: 1 });
  const projection = projectionFor(store, `${name}.${shortcut}`, { ...size, to });
  return (x, pass) => {
    const inner = pass.convolveNorm(x, reduce, { activation: 'relu' });
    const filtered = pass.convolveNorm(inner, middle, { activation: 'relu' });
    const residual = projection ? pass.convolveNorm(x, projection) : x;
    return pass.convolveNorm(filtered, expand, { activation: 'relu', plus: residual });
  };
}

function projectionFor(store: ParameterStore, name: string, size: ConvolutionSize): ConvolutionNorm | null {
  const changesShape = size.stride !== 1 || size.from !== size.to;
  return changesShape ? convolutionNorm(store, [`${name}.0`, `${name}.1`], { ...size, kernel: 1 }) : null;
}
