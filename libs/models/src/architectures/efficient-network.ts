import type { Architecture } from './architecture';
import type { Block } from './basic-block';
import { convolutionNorm } from './convolution-norm';
import { excitedResidual } from './excited-residual';

/** Table 1 of the paper: expansion, kernel, stride of the first block, channels, blocks. */
const ROWS: readonly (readonly [expansion: number, kernel: number, stride: number, width: number, blocks: number])[] = [
  [1, 3, 1, 16, 1],
  [6, 3, 2, 24, 2],
  [6, 5, 2, 40, 2],
  [6, 3, 2, 80, 3],
  [6, 5, 1, 112, 3],
  [6, 5, 2, 192, 4],
  [6, 3, 1, 320, 1],
];
const STEM_CHANNELS = 32;
const FEATURE_MAP_DIM = 1280;
const activation = 'silu';

/**
 * EfficientNet-B0: inverted residuals with squeeze and excitation, SiLU. Tan and Le, "EfficientNet: Rethinking Model
 * Scaling for Convolutional Neural Networks", ICML 2019, table 1. torchvision's names; without its dropout and stochastic
 * depth, which have no weights and do nothing in evaluation.
 */
export const efficientNetworkB0: Architecture = {
  name: 'efficientnet-b0',
  imageSize: 224,
  classifierName: 'classifier.1',
  body: (store) => {
    let channels = STEM_CHANNELS;
    const stemSize = { kernel: 3, from: 3, to: channels, stride: 2 };
    const stem = convolutionNorm(store, ['features.0.0', 'features.0.1'], stemSize);
    const blocks = ROWS.flatMap(([expansion, kernel, stride, width, count], row) =>
      Array.from({ length: count }, (_, block) => {
        const from = channels;
        channels = width;
        return excitedResidual(store, `features.${row + 1}.${block}.block`, {
          ...{ kernel, from, hidden: from * expansion, to: width, stride: block === 0 ? stride : 1, activation },
          norm: {},
          excitation: { squeezed: from / 4, activation, gate: 'sigmoid' },
        });
      }),
    );
    const lastName = `features.${ROWS.length + 1}`;
    const lastSize = { kernel: 1, from: channels, to: FEATURE_MAP_DIM, stride: 1 };
    const last = convolutionNorm(store, [`${lastName}.0`, `${lastName}.1`], lastSize);
    const trunk: Block = (images, pass) => {
      const start = pass.convolveNorm(images, stem, { activation });
      const end = blocks.reduce((x, block) => block(x, pass), start);
      return pass.convolveNorm(end, last, { activation });
    };
    return { trunk, featureMapDim: FEATURE_MAP_DIM };
  },
};
