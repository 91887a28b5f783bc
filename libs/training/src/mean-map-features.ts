import { tf } from '@winnow/tensor';
import type { FrozenNetwork } from './frozen-network';

/**
 * A network with the means of its last feature map as features, as our own architectures have them: some imported ones
 * have others (after a norm, or pooled otherwise), and what learns the map alone cannot give these. It shares the network.
 */
export function meanMapFeatures(network: FrozenNetwork): FrozenNetwork {
  return {
    ...network,
    outputs: (images) =>
      tf.tidy(() => {
        const { logits, featureMap } = network.outputs(images);
        return { logits, featureMap, features: tf.mean(featureMap, [1, 2]) as tf.Tensor2D };
      }),
  };
}
