import { WinnowError } from '@winnow/contracts';
import type { tf } from '@winnow/tensor';
import type { Architecture } from './architecture';
import type { Block } from './basic-block';
import type { Convolution } from '../passes/forward-pass';
import { layerNormParameters, linearParameters, START_DEVIATION } from './layer-parameters';
import type { ParameterStore } from './parameter-store';

export interface VisionTransformerSpec {
  readonly name: string;
  /** Channels of a token. */
  readonly width: number;
  readonly depth: number;
  readonly heads: number;
}

const IMAGE_SIZE = 224;
const PATCH = 16;
/** A block's hidden channels are its own so many times. */
const EXPANSION = 4;

/**
 * Vision transformer with a class token: Dosovitskiy et al., "An Image is Worth 16x16 Words", ICLR 2021, figure 1; DeiT
 * (Touvron et al. 2021) without its distillation token is the same network. timm's names. Its positions are those of 224
 * px, so it takes no other images. The feature map is what the patches' tokens become, the features are the class token.
 */
export function visionTransformer({ name, width, depth, heads }: VisionTransformerSpec): Architecture {
  const side = IMAGE_SIZE / PATCH;
  return {
    name,
    imageSize: IMAGE_SIZE,
    isFixedSize: true,
    classifierName: 'head',
    body: (store) => {
      const embedding = {
        classToken: store.normal<tf.Rank.R3>('cls_token', [1, 1, width], START_DEVIATION),
        positions: store.normal<tf.Rank.R3>('pos_embed', [1, 1 + side * side, width], START_DEVIATION),
      };
      const patches: Convolution = {
        filter: store.normal<tf.Rank.R4>('patch_embed.proj.weight', [PATCH, PATCH, 3, width], START_DEVIATION),
        bias: store.constant('patch_embed.proj.bias', width, 0, true),
        stride: PATCH,
        padding: 0,
      };
      const blocks = Array.from({ length: depth }, (_, index) =>
        transformerBlock(store, `blocks.${index}`, { width, heads }),
      );
      const last = layerNormParameters(store, 'norm', width);
      return {
        featureMapDim: width,
        trunk: (images, pass) => {
          requireSize(images, name);
          const start = pass.tokens(pass.convolve(images, patches), embedding);
          return pass.layerNorm(
            blocks.reduce((x, block) => block(x, pass), start),
            last,
          );
        },
        featureMap: (tokens, pass) => pass.tokenMap(tokens),
        head: () => ({ featureDim: width, layers: (tokens, pass) => pass.classToken(tokens) }),
      };
    },
  };
}

/** x + proj(attention(qkv(norm1(x)))), then x + fc2(gelu(fc1(norm2(x)))) */
function transformerBlock(
  store: ParameterStore,
  name: string,
  { width, heads }: Pick<VisionTransformerSpec, 'width' | 'heads'>,
): Block {
  const before = layerNormParameters(store, `${name}.norm1`, width);
  const qkv = linearParameters(store, `${name}.attn.qkv`, { from: width, to: 3 * width });
  const mix = linearParameters(store, `${name}.attn.proj`, { from: width, to: width });
  const between = layerNormParameters(store, `${name}.norm2`, width);
  const expand = linearParameters(store, `${name}.mlp.fc1`, { from: width, to: EXPANSION * width });
  const project = linearParameters(store, `${name}.mlp.fc2`, { from: EXPANSION * width, to: width });
  return (x, pass) => {
    const mixed = pass.attention(pass.linear(pass.layerNorm(x, before), qkv), heads);
    const attended = pass.linear(mixed, mix, { plus: x });
    const hidden = pass.linear(pass.layerNorm(attended, between), expand, { activation: 'gelu' });
    return pass.linear(hidden, project, { plus: attended });
  };
}

function requireSize({ shape: [, height, width] }: tf.Tensor4D, name: string): void {
  if (height === IMAGE_SIZE && width === IMAGE_SIZE) return;
  throw new WinnowError('CONFIG_INVALID', `${name} takes images of ${IMAGE_SIZE} px, not of ${height} x ${width}`, {
    where: 'student.model',
    next: `Set build.size or train.size to ${IMAGE_SIZE}, or choose another network.`,
  });
}
