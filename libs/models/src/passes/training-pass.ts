import { type BatchNormParameters, batchNormTrain, conv2d, depthwiseConv2d, tf } from '@winnow/tensor';
import { epsilonOf, momentumOf } from '../architectures/batch-norm';
import type { Convolution, Epilogue, ForwardPass } from './forward-pass';
import { PLAIN_LAYERS } from './plain-layers';

/** Statistics of the batch; the running ones move; differentiable. */
export const TRAINING_PASS: ForwardPass = {
  ...PLAIN_LAYERS,
  convolve,
  convolveNorm: (x, { convolution, norm }, epilogue) => normalise(convolve(x, convolution), norm, epilogue),
  normalise,
};

/** The convolution as it stands, on the way of every pass that computes gradients or keeps its weights. */
export function convolve(x: tf.Tensor4D, { filter, depthwise, ...options }: Convolution): tf.Tensor4D {
  if (depthwise) return depthwiseConv2d(x, filter, options);
  const y = conv2d(x, filter, options);
  return options.bias ? (tf.add(y, options.bias) as tf.Tensor4D) : y;
}

function normalise(
  x: tf.Tensor4D,
  norm: BatchNormParameters,
  { activation, plus: residual }: Epilogue = {},
): tf.Tensor4D {
  return batchNormTrain(x, norm, { epsilon: epsilonOf(norm), momentum: momentumOf(norm), activation, plus: residual });
}
