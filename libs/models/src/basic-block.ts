import type { tf } from '@winnow/tensor';
import { convolutionNorm, type ConvolutionSize } from './convolution-norm';
import type { ConvolutionNorm, ForwardPass } from './forward-pass';
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
  const changesShape = size.stride !== 1 || size.from !== size.to;
  const projection: ConvolutionNorm | null = changesShape
    ? convolutionNorm(store, [`${name}.${shortcut}.0`, `${name}.${shortcut}.1`], { ...size, kernel: 1 })
    : null;
  return (x, pass) => {
    const inner = pass.convolveNorm(x, first, { activation: 'relu' });
    const plus = projection ? pass.convolveNorm(x, projection) : x;
    return pass.convolveNorm(inner, second, { activation: 'relu', plus });
  };
}
