import type { tf } from '@winnow/tensor';
import type { Architecture } from './architecture';
import type { Block } from './basic-block';
import type { Convolution } from '../passes/forward-pass';
import { layerNormParameters, linearParameters, START_DEVIATION } from './layer-parameters';
import type { ParameterStore } from './parameter-store';

/** A block's hidden channels are its own so many times. */
const EXPANSION = 4;
const KERNEL = 7;
const LAYER_SCALE = 1e-6;

export interface ConvNextSpec {
  readonly name: string;
  /** Blocks of each stage. */
  readonly blocks: readonly number[];
  /** Channels of each stage. */
  readonly widths: readonly number[];
}

/**
 * ConvNeXt: Liu et al., "A ConvNet for the 2020s", CVPR 2022, figure 4, at the sizes of timm's smallest ones, under timm's
 * names (`conv_mlp`: the layers of a block are 1x1 convolutions). Without stochastic depth.
 */
export function convNext({ name, blocks, widths }: ConvNextSpec): Architecture {
  return {
    name,
    imageSize: 224,
    classifierName: 'head.fc',
    body: (store) => {
      const first = widths[0] as number;
      const stem = patches(store, 'stem.0', [4, 3, first]);
      const stemNorm = layerNormParameters(store, 'stem.1', first);
      const stages: Block[] = widths.flatMap((width, stage) => {
        const before = widths[stage - 1];
        const smaller = before === undefined ? [] : [downsample(store, `stages.${stage}.downsample`, before, width)];
        const own = Array.from({ length: blocks[stage] as number }, (_, index) =>
          convNextBlock(store, `stages.${stage}.blocks.${index}`, width),
        );
        return [...smaller, ...own];
      });
      const featureMapDim = widths.at(-1) as number;
      return {
        trunk: (images, pass) =>
          stages.reduce((x, block) => block(x, pass), pass.layerNorm(pass.convolve(images, stem), stemNorm)),
        featureMapDim,
        head: (heads) => {
          const norm = layerNormParameters(heads, 'head.norm', featureMapDim);
          return { featureDim: featureMapDim, layers: (map, pass) => pass.layerNorm(pass.meanPool(map), norm) };
        },
      };
    },
  };
}

/** x + gamma * fc2(gelu(fc1(norm(conv_dw(x))))) */
function convNextBlock(store: ParameterStore, name: string, width: number): Block {
  const scale = store.constant(`${name}.gamma`, width, LAYER_SCALE, true);
  const depthwise: Convolution = {
    filter: store.normalDepthwise(`${name}.conv_dw.weight`, [KERNEL, KERNEL, width, 1], START_DEVIATION),
    bias: store.constant(`${name}.conv_dw.bias`, width, 0, true),
    stride: 1,
    padding: (KERNEL - 1) / 2,
    depthwise: true,
  };
  const norm = layerNormParameters(store, `${name}.norm`, width);
  const hidden = width * EXPANSION;
  const expand = linearParameters(store, `${name}.mlp.fc1`, { from: width, to: hidden, isConvolution: true });
  const project = linearParameters(store, `${name}.mlp.fc2`, { from: hidden, to: width, isConvolution: true });
  return (x, pass) => {
    const normal = pass.layerNorm(pass.convolve(x, depthwise), norm);
    return pass.linear(pass.linear(normal, expand, { activation: 'gelu' }), { ...project, scale }, { plus: x });
  };
}

function downsample(store: ParameterStore, name: string, from: number, to: number): Block {
  const norm = layerNormParameters(store, `${name}.0`, from);
  const halve = patches(store, `${name}.1`, [2, from, to]);
  return (x, pass) => pass.convolve(pass.layerNorm(x, norm), halve);
}

/** A convolution whose windows lie side by side. */
function patches(
  store: ParameterStore,
  name: string,
  [side, from, to]: readonly [number, number, number],
): Convolution {
  const filter = store.normal<tf.Rank.R4>(`${name}.weight`, [side, side, from, to], START_DEVIATION);
  return { filter, bias: store.constant(`${name}.bias`, to, 0, true), stride: side, padding: 0 };
}
