import * as tf from '@tensorflow/tfjs';

import { activate } from './activate';
import type { Activation } from './activation';
import type { BatchNormParameters } from './batch-norm-parameters';
import type { BatchNormTrainOptions } from './batch-norm-train-options';
import { NATIVE_ACTIVATIONS } from './native-activation';
import { runTensorflowKernel } from '../engines/tensorflow-kernel';

/** Those whose gradient the kernel knows from their result, after a summand. */
const KNOWN_FROM_RESULT: readonly Activation[] = ['none', 'relu', 'relu6'];

/**
 * batchNormTrain by one kernel of ours each way: statistics, normalisation, summand and activation at once.
 * @param fixed the running statistics are used, and stay; `affine`: gradients of scale and offset are wanted
 */
export function nativeBatchNorm(
  ...[x, parameters, options, fixed]: [
    x: tf.Tensor4D,
    parameters: BatchNormParameters,
    options: BatchNormTrainOptions,
    fixed?: { readonly affine: boolean },
  ]
): tf.Tensor4D {
  const { epsilon, momentum, activation = 'none', plus: residual } = options;
  if (residual && !KNOWN_FROM_RESULT.includes(activation)) {
    return activate(nativeBatchNorm(x, parameters, { ...options, activation: 'none' }, fixed), activation);
  }
  const { gamma, beta, runningMean, runningVariance } = parameters;
  const attributes = {
    floats: { epsilon, momentum },
    integers: { activation: NATIVE_ACTIVATIONS[activation] },
    booleans: { plus: residual !== undefined, fixed: fixed !== undefined, affine: fixed?.affine ?? true },
  };
  const differentiated = residual ? [x, gamma, beta, residual] : [x, gamma, beta];
  const normalise = tf.customGrad((...args) => {
    const save = args.pop() as unknown as tf.GradSaveFunc;
    const [input, scale, offset, addend = tf.tensor1d([])] = args as tf.Tensor[];
    const [y, mean, inverse, movedMean, movedVariance] = runTensorflowKernel({
      name: 'WinnowBatchNorm',
      inputs: [input, scale, offset, addend, runningMean, runningVariance] as tf.Tensor[],
      outputs: 5,
      ...attributes,
    }) as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor1D, tf.Tensor1D];
    if (!fixed) {
      runningMean.assign(movedMean);
      runningVariance.assign(movedVariance);
    }
    // The gradient needs the result only where something was added on the way to the activation.
    const isGated = activation !== 'none';
    save([isGated && residual ? y : tf.tensor1d([]), input, scale, offset, mean, inverse] as tf.Tensor[]);
    return {
      value: y,
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const call = { name: 'WinnowBatchNormGrad', inputs: [dy, ...saved], outputs: 4, ...attributes };
        const [dx, dGamma, dBeta, dResidual] = runTensorflowKernel(call) as [
          tf.Tensor,
          tf.Tensor,
          tf.Tensor,
          tf.Tensor,
        ];
        if (!residual) return [dx, dGamma, dBeta];
        return [dx, dGamma, dBeta, isGated ? dResidual : dy.clone()];
      },
    };
  });
  return normalise(...differentiated) as tf.Tensor4D;
}
