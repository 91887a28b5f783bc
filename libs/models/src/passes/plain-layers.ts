import { activate, gateChannels, maxPool, meanPool, tf } from '@winnow/tensor';
import type { ForwardPass } from './forward-pass';
import { TOKEN_LAYERS, type TokenLayers } from './token-layers';

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
