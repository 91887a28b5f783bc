import type * as tf from '@tensorflow/tfjs';

import type { BatchNormParameters } from './batch-norm-parameters';
import type { Normalised } from './normalised';

/** Normalisation by the operations that every engine has. */
export function portableBatchNorm(x: tf.Tensor4D, { gamma, beta }: BatchNormParameters, epsilon: number): Normalised {
  const axes = [0, 1, 2];
  const mean = x.mean(axes) as tf.Tensor1D;
  const centred = x.sub(mean);
  const variance = centred.square().mean(axes) as tf.Tensor1D;
  const scale = variance.add(epsilon).rsqrt().mul(gamma);
  return { y: centred.mul(scale).add(beta) as tf.Tensor4D, mean, variance };
}
