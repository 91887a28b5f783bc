import { activate, attention, gateChannels, layerNorm, linear, maxPool, meanPool, tf } from '@winnow/tensor';
import type { ForwardPass, TokenEmbedding } from './forward-pass';

type TokenLayers = Pick<ForwardPass, 'layerNorm' | 'linear' | 'attention' | 'tokens' | 'classToken' | 'tokenMap'>;

/** What ConvNeXt and vision transformers are made of. */
const TOKEN_LAYERS: TokenLayers = {
  layerNorm: (x, norm) => layerNorm(x, norm),
  linear,
  attention,
  tokens: (x, embedding) => {
    const [batch, height, width, channels] = x.shape;
    const row = x.reshape([batch, 1, height * width, channels]);
    const locations = [[0, 0], [0, 0], [1, 0], [0, 0]] as [number, number][]; // prettier-ignore
    return tf.add(tf.pad(row, locations), locationEmbedding(embedding)) as tf.Tensor4D;
  },
  classToken: (tokens) => tf.slice(tokens, [0, 0, 0, 0], [-1, 1, 1, -1]),
  tokenMap: (tokens) => {
    const [batch, , count, channels] = tokens.shape;
    const side = Math.sqrt(count - 1);
    return tf.slice(tokens, [0, 0, 1, 0], [-1, 1, -1, -1]).reshape([batch, side, side, channels]) as tf.Tensor4D;
  },
};

/** What is added to a map's tokens after an empty one, [1, 1 + places, channels]. */
export function locationEmbedding({ classToken, positions }: TokenEmbedding): tf.Tensor {
  return tf.add(positions, tf.pad(classToken, [[0, 0], [0, positions.shape[1] - 1], [0, 0]])); // prettier-ignore
}

type PlainLayers = Pick<ForwardPass, 'add' | 'maxPool' | 'features' | 'activate' | 'meanPool' | 'multiply'>;

/** Layers without statistics of batches: every pass that computes does them alike. */
export const PLAIN_LAYERS: PlainLayers & TokenLayers = {
  ...TOKEN_LAYERS,
  add: (x, y) => tf.add(x, y) as tf.Tensor4D,
  maxPool,
  features: (x) => tf.reshape(meanPool(x), [x.shape[0], x.shape[3]]),
  activate,
  meanPool,
  multiply: gateChannels,
};
