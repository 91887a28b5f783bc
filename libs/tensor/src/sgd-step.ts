import { WinnowError } from '@winnow/contracts';
import * as tf from '@tensorflow/tfjs';

import { hasNativeKernels, runTensorflowKernel } from './tensorflow-kernel';

export interface SgdOptions {
  readonly learningRate: number;
  readonly momentum: number;
  readonly nesterov: boolean;
  /** L2 penalty, added to the gradient (not decoupled). */
  readonly weightDecay: number;
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
  if (gradients.length !== variables.length || velocities.length !== variables.length) {
    throw new WinnowError(
      'SHAPE_MISMATCH',
      `${variables.length} variables, ${gradients.length} gradients and ${velocities.length} velocities`,
    );
  }
  variables.forEach(({ shape }, index) => {
    const others = [gradients[index], velocities[index]] as readonly tf.Tensor[];
    if (others.every((other) => other.shape.join() === shape.join())) return;
    throw new WinnowError(
      'SHAPE_MISMATCH',
      `variable ${index} is [${shape.join(', ')}], its gradient or velocity is not`,
    );
  });
  if (variables.length === 0) return;
  if (hasNativeKernels()) nativeStep(variables, gradients, velocities, options);
  else portableStep(variables, gradients, velocities, options);
}

type Step = typeof sgdStep;

/** One kernel over all weights. */
const nativeStep: Step = (variables, gradients, velocities, options) => {
  tf.tidy(() => {
    const { learningRate, momentum, weightDecay, nesterov } = options;
    const settings = tf.tensor1d([learningRate, momentum, weightDecay, nesterov ? 1 : 0]);
    const moved = runTensorflowKernel({
      name: 'WinnowSgdStep',
      inputs: [...variables, ...gradients, ...velocities, settings],
      outputs: 2 * variables.length,
      integers: { N: variables.length },
    });
    [...variables, ...velocities].forEach((variable, index) => variable.assign(moved[index] as tf.Tensor));
  });
};

const portableStep: Step = (variables, gradients, velocities, options) => {
  tf.tidy(() => {
    const constants = {
      learningRate: tf.scalar(options.learningRate),
      momentum: tf.scalar(options.momentum),
      weightDecay: tf.scalar(options.weightDecay),
    };
    variables.forEach((variable, index) => {
      const given = gradients[index] as tf.Tensor;
      const velocity = velocities[index] as tf.Variable;
      const gradient = options.weightDecay === 0 ? given : given.add(variable.mul(constants.weightDecay));
      const moved = options.momentum === 0 ? gradient : velocity.mul(constants.momentum).add(gradient);
      const step = options.nesterov ? gradient.add(moved.mul(constants.momentum)) : moved;
      if (options.momentum !== 0) velocity.assign(moved);
      variable.assign(variable.sub(step.mul(constants.learningRate)));
    });
  });
};
