import * as tf from '@tensorflow/tfjs';

import { hasNativeKernels } from '../engines/tensorflow-kernel';
import { ofWeight, type PerWeight, requireParallel, runWeightStep } from './weight-step';

export interface AdamwOptions {
  readonly learningRate: PerWeight;
  /** Shares of the running means of gradients and of their squares that stay, each 0..1. */
  readonly betas: readonly [number, number];
  /** Added to the root of the squares' mean. */
  readonly epsilon: number;
  /** Decoupled: learningRate times so much of a weight is taken from it. */
  readonly weightDecay: PerWeight;
  /** From 1: how many steps these moments have seen, this one included. */
  readonly step: number;
}

/** What AdamW remembers of each weight; zeros at the start. */
export interface AdamwMoments {
  /** Running means of the gradients. */
  readonly first: readonly tf.Variable[];
  /** Running means of their squares. */
  readonly second: readonly tf.Variable[];
}

/**
 * One step of AdamW as torch.optim.AdamW takes it, in place (Loshchilov and Hutter 2019, arXiv:1711.05101, algorithm 2):
 * w -= learningRate weightDecay w; m += (1 - beta1) (g - m); v = beta2 v + (1 - beta2) g^2;
 * w -= learningRate / (1 - beta1^t) m / (sqrt(v) / sqrt(1 - beta2^t) + epsilon).
 * All lists run in parallel. The gradients stay the caller's to dispose.
 * @throws WinnowError SHAPE_MISMATCH for lists of unequal length
 */
export function adamwStep(
  variables: readonly tf.Variable[],
  gradients: readonly tf.Tensor[],
  { first, second }: AdamwMoments,
  options: AdamwOptions,
): void {
  requireParallel(variables, { gradients, 'first moments': first, 'second moments': second });
  if (variables.length === 0) return;
  const { betas, epsilon, step } = options;
  const [beta1, beta2] = betas;
  const correction = Math.sqrt(1 - beta2 ** step);
  const settings = variables.map((_, index) => {
    const rate = ofWeight(options.learningRate, index);
    const shrink = 1 - rate * ofWeight(options.weightDecay, index);
    return [shrink, rate / (1 - beta1 ** step), 1 - beta1, beta2, 1 - beta2, correction, epsilon] as const;
  });
  if (hasNativeKernels()) {
    const moved = [variables, first, second];
    return runWeightStep('WinnowAdamwStep', [variables, gradients, first, second], { moved, settings });
  }
  variables.forEach((variable, index) => {
    const moments = [first[index], second[index]] as [tf.Variable, tf.Variable];
    portableStep(variable, gradients[index] as tf.Tensor, moments, settings[index] as AdamwRow);
  });
}

/** 1 - rate * decay, corrected rate, 1 - beta1, beta2, 1 - beta2, correction of the root, epsilon. */
type AdamwRow = readonly [number, number, number, number, number, number, number];

function portableStep(
  variable: tf.Variable,
  gradient: tf.Tensor,
  [first, second]: readonly [tf.Variable, tf.Variable],
  [shrink, rate, firstFraction, secondDecay, secondFraction, correction, epsilon]: AdamwRow,
): void {
  tf.tidy(() => {
    first.assign(first.add(gradient.sub(first).mul(firstFraction)));
    second.assign(second.mul(secondDecay).add(gradient.square().mul(secondFraction)));
    const root = second.sqrt().div(correction).add(epsilon);
    variable.assign(variable.mul(shrink).sub(first.div(root).mul(rate)));
  });
}
