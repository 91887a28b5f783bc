import type { Architecture } from './architecture';
import type { Block } from './basic-block';
import { batchNorm } from './layer-parameters';
import { convolution, convolutionNorm, type ConvolutionSize } from './convolution-norm';
import type { ParameterStore } from './parameter-store';

/**
 * Wide residual network WRN-depth-factor for CIFAR: pre-activation blocks of two 3x3 convolutions, without dropout.
 * Zagoruyko and Komodakis, "Wide Residual Networks", BMVC 2016, table 1. Names as in the code bases of distillation.
 * @param depth 6n + 4: n blocks in each of the three stages
 * @param factor multiplies the widths 16, 32 and 64
 */
export function wideResidualNetwork(depth: number, factor: number): Architecture {
  return {
    name: `wrn-${depth}-${factor}`,
    imageSize: 32,
    classifierName: 'fc',
    body: (store) => {
      let channels = 16;
      const stem = convolution(store, 'conv1', { kernel: 3, from: 3, to: channels, stride: 1 });
      const blocks: Block[] = [];
      [16 * factor, 32 * factor, 64 * factor].forEach((width, stage) => {
        for (let block = 0; block < (depth - 4) / 6; block += 1) {
          const size = { kernel: 3, from: channels, to: width, stride: stage > 0 && block === 0 ? 2 : 1 };
          blocks.push(wideBlock(store, `block${stage + 1}.layer.${block}`, size));
          channels = width;
        }
      });
      const last = batchNorm(store, 'bn1', channels);
      const trunk: Block = (images, pass) => {
        const end = blocks.reduce((x, block) => block(x, pass), pass.convolve(images, stem));
        return pass.normalise(end, last, { activation: 'relu' });
      };
      return { trunk, featureMapDim: channels };
    },
  };
}

/** With a = relu(bn1(x)): conv2(relu(bn2(conv1(a)))) + x, or + convShortcut(a) where the number of channels changes. */
function wideBlock(store: ParameterStore, name: string, size: ConvolutionSize): Block {
  const start = batchNorm(store, `${name}.bn1`, size.from);
  const first = convolutionNorm(store, [`${name}.conv1`, `${name}.bn2`], size);
  const second = convolution(store, `${name}.conv2`, { ...size, from: size.to, stride: 1 });
  const shortcut = size.from === size.to ? null : convolution(store, `${name}.convShortcut`, { ...size, kernel: 1 });
  return (x, pass) => {
    const active = pass.normalise(x, start, { activation: 'relu' });
    const inner = pass.convolve(pass.convolveNorm(active, first, { activation: 'relu' }), second);
    return pass.add(inner, shortcut ? pass.convolve(active, shortcut) : x);
  };
}
