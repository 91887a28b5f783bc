import type { Architecture } from './architecture';
import type { Block } from './basic-block';
import { convolutionNorm, depthwiseConvolutionNorm } from './convolution-norm';
import type { ParameterStore } from './parameter-store';

/** Table 1 of the paper in timm's stages: channels, blocks, stride of the first block. */
const STAGES: readonly (readonly [channels: number, blocks: number, stride: number])[] = [
  [64, 1, 1],
  [128, 2, 2],
  [256, 2, 2],
  [512, 6, 2],
  [1024, 2, 2],
];
const STEM_CHANNELS = 32;
/** TensorFlow's, which published weights were made with. */
const NORM = { epsilon: 1e-3 };

/**
 * MobileNetV1: depthwise separable convolutions, ReLU6. Howard et al., "MobileNets: Efficient Convolutional Neural Networks
 * for Mobile Vision Applications", 2017, table 1. timm's names and its padding, the same on every side.
 * @param width multiplier of all channels, which stay multiples of eight
 */
export function mobileNetworkV1(name: string, width: 0.25 | 0.5 | 1): Architecture {
  return {
    name,
    imageSize: 224,
    classifierName: 'classifier',
    body: (store) => {
      let channels = STEM_CHANNELS * width;
      const stem = convolutionNorm(store, ['conv_stem', 'bn1'], { kernel: 3, from: 3, to: channels, stride: 2 }, NORM);
      const blocks = STAGES.flatMap(([full, count, firstStride], stage) =>
        Array.from({ length: count }, (_, block) => {
          const [from, to] = [channels, full * width];
          channels = to;
          return separable(store, `blocks.${stage}.${block}`, { from, to, stride: block === 0 ? firstStride : 1 });
        }),
      );
      const trunk: Block = (images, pass) =>
        blocks.reduce((x, block) => block(x, pass), pass.convolveNorm(images, stem, { activation: 'relu6' }));
      return { trunk, featureMapDim: channels };
    },
  };
}

interface SeparableSize {
  readonly from: number;
  readonly to: number;
  readonly stride: number;
}

/** Filter each channel 3x3, then mix them 1x1. */
function separable(store: ParameterStore, name: string, { from, to, stride }: SeparableSize): Block {
  const depthwise = depthwiseConvolutionNorm(
    store,
    [`${name}.conv_dw`, `${name}.bn1`],
    { kernel: 3, channels: from, stride },
    NORM,
  );
  const pointwise = convolutionNorm(
    store,
    [`${name}.conv_pw`, `${name}.bn2`],
    { kernel: 1, from, to, stride: 1 },
    NORM,
  );
  return (x, pass) => {
    const filtered = pass.convolveNorm(x, depthwise, { activation: 'relu6' });
    return pass.convolveNorm(filtered, pointwise, { activation: 'relu6' });
  };
}
