import { activate, type BatchNormParameters, batchNormInference, tf } from '@winnow/tensor';
import { epsilonOf } from '../architectures/batch-norm';
import type { Epilogue, ForwardPass } from './forward-pass';
import { PLAIN_LAYERS } from './plain-layers';
import { convolve } from './training-pass';

/** Running statistics; nothing changes; follows the weights as they change. */
export const EVALUATION_PASS: ForwardPass = {
  ...PLAIN_LAYERS,
  convolve,
  convolveNorm: (x, { convolution, norm }, epilogue) => normalise(convolve(x, convolution), norm, epilogue),
  normalise,
};

function normalise(
  x: tf.Tensor4D,
  norm: BatchNormParameters,
  { activation, plus: residual }: Epilogue = {},
): tf.Tensor4D {
  const { gamma, beta, runningMean, runningVariance } = norm;
  const y = batchNormInference(x, gamma, beta, runningMean, runningVariance, epsilonOf(norm));
  return activate(residual ? (tf.add(y, residual) as tf.Tensor4D) : y, activation ?? 'none');
}
