import {
  activate,
  batchNormInference,
  type BatchNormParameters,
  batchNormTrain,
  conv2d,
  depthwiseConv2d,
  tf,
} from '@winnow/tensor';
import { epsilonOf, momentumOf } from '../architectures/layer-parameters';
import type { Convolution, Epilogue, ForwardPass } from './forward-pass';
import { PLAIN_LAYERS } from './plain-layers';

/** Statistics of the batch; the running ones move; differentiable. */
export const TRAINING_PASS: ForwardPass = {
  ...PLAIN_LAYERS,
  convolve,
  convolveNorm: (x, { convolution, norm }, epilogue) => normaliseByBatch(convolve(x, convolution), norm, epilogue),
  normalise: normaliseByBatch,
};

/** The convolution as it stands, on the way of every pass that computes gradients or keeps its weights. */
export function convolve(x: tf.Tensor4D, { filter, depthwise, ...options }: Convolution): tf.Tensor4D {
  if (depthwise) return depthwiseConv2d(x, filter, options);
  const y = conv2d(x, filter, options);
  return options.bias ? (tf.add(y, options.bias) as tf.Tensor4D) : y;
}

function normaliseByBatch(
  x: tf.Tensor4D,
  norm: BatchNormParameters,
  { activation, plus: residual }: Epilogue = {},
): tf.Tensor4D {
  return batchNormTrain(x, norm, { epsilon: epsilonOf(norm), momentum: momentumOf(norm), activation, plus: residual });
}

/** Running statistics; nothing changes; follows the weights as they change. */
export const EVALUATION_PASS: ForwardPass = {
  ...PLAIN_LAYERS,
  convolve,
  convolveNorm: (x, { convolution, norm }, epilogue) => normaliseByRunning(convolve(x, convolution), norm, epilogue),
  normalise: normaliseByRunning,
};

function normaliseByRunning(
  x: tf.Tensor4D,
  norm: BatchNormParameters,
  { activation, plus: residual }: Epilogue = {},
): tf.Tensor4D {
  const { gamma, beta, runningMean, runningVariance } = norm;
  const y = batchNormInference(x, gamma, beta, runningMean, runningVariance, epsilonOf(norm));
  return activate(residual ? (tf.add(y, residual) as tf.Tensor4D) : y, activation ?? 'none');
}
