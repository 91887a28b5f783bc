import * as tf from '@tensorflow/tfjs';

import { hasNativeKernels } from '../engines/tensorflow-kernel';
import { ofWeight, type PerWeight, requireParallel, runWeightStep } from './weight-step';

export interface SgdOptions {
  readonly learningRate: PerWeight;
  readonly momentum: number;
  readonly nesterov: boolean;
  /** L2 penalty, added to the gradient (not decoupled). */
  readonly weightDecay: PerWeight;
}

/**
 * One step of stochastic gradient descent as torch.optim.SGD takes it (dampening 0), in place:
 * g += weightDecay w; v = momentum v + g; w -= learningRate (nesterov ? g + momentum v : v).
 * The three lists run in parallel; velocities start at zero. The gradients stay the caller's to dispose.
 * @throws WinnowError SHAPE_MISMATCH for lists of unequal length
 */
export function sgdStep(
  variables: readonly tf.Variable[],
  gradients: readonly tf.Tensor[],
  velocities: readonly tf.Variable[],
  options: SgdOptions,
): void {
  requireParallel(variables, { gradients, velocities });
  if (variables.length === 0) return;
  if (!hasNativeKernels()) return portableStep(variables, gradients, velocities, options);
  const { learningRate, momentum, weightDecay, nesterov } = options;
  runWeightStep('WinnowSgdStep', [variables, gradients, velocities], {
    moved: [variables, velocities],
    settings: variables.map((_, index) => [
      ofWeight(learningRate, index),
      momentum,
      ofWeight(weightDecay, index),
      nesterov ? 1 : 0,
    ]),
  });
}

const portableStep: typeof sgdStep = (variables, gradients, velocities, options) => {
  tf.tidy(() => {
    const momentum = tf.scalar(options.momentum);
    variables.forEach((variable, index) => {
      const given = gradients[index] as tf.Tensor;
      const velocity = velocities[index] as tf.Variable;
      const decay = ofWeight(options.weightDecay, index);
      const gradient = decay === 0 ? given : given.add(variable.mul(decay));
      const moved = options.momentum === 0 ? gradient : velocity.mul(momentum).add(gradient);
      const step = options.nesterov ? gradient.add(moved.mul(momentum)) : moved;
      if (options.momentum !== 0) velocity.assign(moved);
      variable.assign(variable.sub(step.mul(ofWeight(options.learningRate, index))));
    });
  });
};
