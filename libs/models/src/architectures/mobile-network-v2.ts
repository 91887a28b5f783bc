import type { Architecture } from './architecture';
import type { Block } from './basic-block';
import { convolutionNorm, type ConvolutionSize, depthwiseConvolutionNorm } from './convolution-norm';
import type { ConvolutionNorm } from '../passes/forward-pass';
import type { ParameterStore } from './parameter-store';

/** Table 2 of the paper: expansion, channels, blocks, stride of the first block. */
type Row = readonly [expansion: number, width: number, blocks: number, stride: number];

export interface MobileNetworkV2Spec {
  readonly name: string;
  readonly imageSize: number;
  readonly stemStride: 1 | 2;
  /** Stride of the second row, the first with several blocks. */
  readonly secondStride: 1 | 2;
}

/**
 * MobileNetV2: inverted residuals with linear bottlenecks, ReLU6. Sandler et al., "MobileNetV2: Inverted Residuals and
 * Linear Bottlenecks", CVPR 2018, table 2. torchvision's names; its dropout before the classifier is left out (it has no
 * weights and does nothing in evaluation).
 */
export function mobileNetworkV2({ name, imageSize, stemStride, secondStride }: MobileNetworkV2Spec): Architecture {
  const rows: readonly Row[] = [
    [1, 16, 1, 1],
    [6, 24, 2, secondStride],
    [6, 32, 3, 2],
    [6, 64, 4, 2],
    [6, 96, 3, 1],
    [6, 160, 3, 2],
    [6, 320, 1, 1],
  ];
  return {
    name,
    imageSize,
    classifierName: 'classifier.1',
    body: (store) => {
      let channels = 32;
      const stem = numbered(store, 'features.0', { kernel: 3, from: 3, to: channels, stride: stemStride });
      const blocks: Block[] = [];
      for (const [expansion, width, count, stride] of rows) {
        for (let block = 0; block < count; block += 1) {
          const size = { from: channels, to: width, stride: block === 0 ? stride : 1, expansion };
          blocks.push(invertedResidual(store, `features.${blocks.length + 1}.conv`, size));
          channels = width;
        }
      }
      const featureMapDim = 1280;
      const head = numbered(store, `features.${blocks.length + 1}`, {
        kernel: 1,
        from: channels,
        to: featureMapDim,
        stride: 1,
      });
      const trunk: Block = (images, pass) => {
        const start = pass.convolveNorm(images, stem, { activation: 'relu6' });
        const end = blocks.reduce((x, block) => block(x, pass), start);
        return pass.convolveNorm(end, head, { activation: 'relu6' });
      };
      return { trunk, featureMapDim };
    },
  };
}

interface InvertedResidualSize {
  readonly from: number;
  readonly to: number;
  readonly stride: number;
  readonly expansion: number;
}

/** Expand 1x1, filter each channel 3x3, project 1x1 without activation; + x where the shape stays. */
function invertedResidual(store: ParameterStore, name: string, size: InvertedResidualSize): Block {
  const { from, to, stride, expansion } = size;
  const hidden = from * expansion;
  const expand = expansion === 1 ? null : numbered(store, `${name}.0`, { kernel: 1, from, to: hidden, stride: 1 });
  const next = expand ? 1 : 0;
  const filter = depthwiseConvolutionNorm(store, [`${name}.${next}.0`, `${name}.${next}.1`], {
    kernel: 3,
    channels: hidden,
    stride,
  });
  const project = convolutionNorm(store, [`${name}.${next + 1}`, `${name}.${next + 2}`], {
    kernel: 1,
    from: hidden,
    to,
    stride: 1,
  });
  const keepsShape = stride === 1 && from === to;
  return (x, pass) => {
    const wide = expand ? pass.convolveNorm(x, expand, { activation: 'relu6' }) : x;
    const filtered = pass.convolveNorm(wide, filter, { activation: 'relu6' });
    return pass.convolveNorm(filtered, project, keepsShape ? { plus: x } : {});
  };
}

/** Convolution `.0` and batch norm `.1` of a torchvision sequence. */
function numbered(store: ParameterStore, name: string, size: ConvolutionSize): ConvolutionNorm {
  return convolutionNorm(store, [`${name}.0`, `${name}.1`], size);
}
