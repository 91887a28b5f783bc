import type { Activation } from '@winnow/tensor';
import type { Architecture } from './architecture';
import type { Block } from './basic-block';
import { convolutionNorm } from './convolution-norm';
import { excitedResidual } from './excited-residual';
import { linearParameters } from './layer-parameters';

/** A row of the paper's tables: kernel, channels of the depthwise convolution, channels after it, `se`, `re` or `hs`, stride. */
type Row = readonly [
  kernel: number,
  hidden: number,
  to: number,
  excites: boolean,
  activation: 're' | 'hs',
  stride: 1 | 2,
];

export interface MobileNetworkV3Spec {
  readonly name: string;
  readonly rows: readonly Row[];
  /** Of the layer between the pool and the classifier. */
  readonly hiddenDim: number;
}

/** Table 1. */
export const LARGE_ROWS: readonly Row[] = [
  [3, 16, 16, false, 're', 1],
  [3, 64, 24, false, 're', 2],
  [3, 72, 24, false, 're', 1],
  [5, 72, 40, true, 're', 2],
  [5, 120, 40, true, 're', 1],
  [5, 120, 40, true, 're', 1],
  [3, 240, 80, false, 'hs', 2],
  [3, 200, 80, false, 'hs', 1],
  [3, 184, 80, false, 'hs', 1],
  [3, 184, 80, false, 'hs', 1],
  [3, 480, 112, true, 'hs', 1],
  [3, 672, 112, true, 'hs', 1],
  [5, 672, 160, true, 'hs', 2],
  [5, 960, 160, true, 'hs', 1],
  [5, 960, 160, true, 'hs', 1],
];

/** Table 2. */
export const SMALL_ROWS: readonly Row[] = [
  [3, 16, 16, true, 're', 2],
  [3, 72, 24, false, 're', 2],
  [3, 88, 24, false, 're', 1],
  [5, 96, 40, true, 'hs', 2],
  [5, 240, 40, true, 'hs', 1],
  [5, 240, 40, true, 'hs', 1],
  [5, 120, 48, true, 'hs', 1],
  [5, 144, 48, true, 'hs', 1],
  [5, 288, 96, true, 'hs', 2],
  [5, 576, 96, true, 'hs', 1],
  [5, 576, 96, true, 'hs', 1],
];

const STEM_CHANNELS = 16;
/** Of the last convolution, by the channels before it. */
const LAST_EXPANSION = 6;
const ACTIVATIONS = { re: 'relu', hs: 'hard-swish' } as const satisfies Record<string, Activation>;
const hardSwish = { activation: 'hard-swish' } as const;
/** torchvision's, which published weights were made with. */
const NORM = { epsilon: 1e-3, momentum: 0.01 };

/**
 * MobileNetV3: inverted residuals, some with squeeze and excitation, hard swish, a hidden layer after the pool. Howard et
 * al., "Searching for MobileNetV3", ICCV 2019. torchvision's names; without its dropout, which has no weights.
 */
export function mobileNetworkV3({ name, rows, hiddenDim }: MobileNetworkV3Spec): Architecture {
  return {
    name,
    imageSize: 224,
    classifierName: 'classifier.3',
    body: (store) => {
      let channels = STEM_CHANNELS;
      const sequence = (index: number): [string, string] => [`features.${index}.0`, `features.${index}.1`];
      const stemSize = { kernel: 3, from: 3, to: channels, stride: 2 };
      const stem = convolutionNorm(store, sequence(0), stemSize, NORM);
      const blocks = rows.map(([kernel, hidden, to, excites, kind, stride], row) => {
        const from = channels;
        channels = to;
        const squeezed = divisible(hidden / 4);
        return excitedResidual(store, `features.${row + 1}.block`, {
          ...{ kernel, from, hidden, to, stride, norm: NORM, activation: ACTIVATIONS[kind] },
          excitation: excites ? { squeezed, activation: 'relu', gate: 'hard-sigmoid' } : null,
        });
      });
      const featureMapDim = LAST_EXPANSION * channels;
      const lastSize = { kernel: 1, from: channels, to: featureMapDim, stride: 1 };
      const last = convolutionNorm(store, sequence(rows.length + 1), lastSize, NORM);
      const trunk: Block = (images, pass) => {
        const start = pass.convolveNorm(images, stem, hardSwish);
        const end = blocks.reduce((x, block) => block(x, pass), start);
        return pass.convolveNorm(end, last, hardSwish);
      };
      return {
        trunk,
        featureMapDim,
        head: (ownStore) => {
          const hidden = linearParameters(ownStore, 'classifier.0', { from: featureMapDim, to: hiddenDim });
          return {
            featureDim: hiddenDim,
            layers: (x, pass) => pass.activate(pass.linear(pass.meanPool(x), hidden), 'hard-swish'),
          };
        },
      };
    },
  };
}

/** The multiple of eight that is nearest, and no less than nine tenths of it: torchvision's _make_divisible. */
function divisible(channels: number): number {
  const nearest = Math.max(8, Math.floor((channels + 4) / 8) * 8);
  return nearest < 0.9 * channels ? nearest + 8 : nearest;
}
