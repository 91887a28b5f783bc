import type { Architecture } from './architecture';
import { basicBlock, type Block, BOTTLENECK_EXPANSION, bottleneckBlock } from './basic-block';
import { convolutionNorm } from './convolution-norm';

export interface ResidualNetworkSpec {
  readonly name: string;
  /** Blocks of each stage. */
  readonly blocks: readonly number[];
  /** Channels of each stage's 3x3 convolutions; every stage but the first halves the resolution. */
  readonly widths: readonly number[];
  /** `cifar`: a 3x3 convolution. `imagenet`: 7x7 with stride 2, then max pooling: a quarter of the resolution. */
  readonly stem: 'cifar' | 'imagenet';
  /** Name of the projections. */
  readonly shortcut: 'shortcut' | 'downsample';
  /** Default basic. */
  readonly block?: 'basic' | 'bottleneck';
}

/**
 * Residual network: stem, stages of basic blocks or of bottlenecks, global average pool, linear classifier. He et al., "Deep Residual
 * Learning for Image Recognition", CVPR 2016: section 4.2 and, with four stages, table 1; shortcuts of option B.
 */
export function residualNetwork(spec: ResidualNetworkSpec): Architecture {
  return {
    name: spec.name,
    imageSize: spec.stem === 'cifar' ? 32 : 224,
    classifierName: 'fc',
    body: (store) => {
      const isLarge = spec.stem === 'imagenet';
      const [define, expansion] =
        spec.block === 'bottleneck' ? [bottleneckBlock, BOTTLENECK_EXPANSION] : [basicBlock, 1];
      let channels = spec.widths[0] as number;
      const stemSize = { kernel: isLarge ? 7 : 3, from: 3, to: channels, stride: isLarge ? 2 : 1 };
      const stem = convolutionNorm(store, ['conv1', 'bn1'], stemSize);
      const blocks: Block[] = [];
      spec.widths.forEach((width, stage) => {
        for (let block = 0; block < (spec.blocks[stage] as number); block += 1) {
          const size = { kernel: 3, from: channels, to: width, stride: stage > 0 && block === 0 ? 2 : 1 };
          blocks.push(define(store, `layer${stage + 1}.${block}`, size, spec.shortcut));
          channels = width * expansion;
        }
      });
      const trunk: Block = (images, pass) => {
        const start = pass.convolveNorm(images, stem, { activation: 'relu' });
        const pooled = isLarge ? pass.maxPool(start, { kernel: 3, stride: 2, padding: 1 }) : start;
        return blocks.reduce((x, block) => block(x, pass), pooled);
      };
      return { trunk, featureMapDim: channels };
    },
  };
}
