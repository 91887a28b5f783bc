import * as tf from '@tensorflow/tfjs';

import { onEngines } from '../engines/on-engines';
import { GOLDEN_SHAPES, OPTIMIZER_GOLDENS } from './optimizer-goldens';
import { type SgdOptions, sgdStep } from './sgd-step';
import { tensorLeak } from '../engines/tensor-checks';

type OneGroup = SgdOptions & { readonly learningRate: number; readonly weightDecay: number };

const GRADIENTS = [0.5, -1, 2, 0.25];

/** torch.optim.SGD on one number. */
function torch(start: number, { learningRate, momentum, nesterov, weightDecay }: OneGroup): number {
  let weight = start;
  let velocity: number | undefined;
  for (const given of GRADIENTS) {
    const gradient = given + weightDecay * weight;
    velocity = velocity === undefined ? gradient : momentum * velocity + gradient;
    weight -= learningRate * (nesterov ? gradient + momentum * velocity : velocity);
  }
  return weight;
}

onEngines(() => {
  const cases: OneGroup[] = [
    { learningRate: 0.1, momentum: 0, nesterov: false, weightDecay: 0 },
    { learningRate: 0.1, momentum: 0.9, nesterov: false, weightDecay: 5e-2 },
    { learningRate: 0.05, momentum: 0.9, nesterov: true, weightDecay: 5e-4 },
    { learningRate: 0.1, momentum: 0, nesterov: false, weightDecay: 0.1 },
  ];

  it.each(cases)('follows torch.optim.SGD with %j', (options) => {
    const weights = [tf.variable(tf.tensor1d([1, -2])), tf.variable(tf.tensor2d([[3]]))];
    const velocities = weights.map((weight) => tf.variable(tf.zerosLike(weight), false));
    for (const value of GRADIENTS) {
      const gradients = weights.map((weight) => tf.fill(weight.shape, value));
      sgdStep(weights, gradients, velocities, options);
      tf.dispose(gradients);
    }
    const values = weights.flatMap((weight) => [...weight.dataSync()]);
    [1, -2, 3].forEach((start, place) => expect(values[place]).toBeCloseTo(torch(start, options), 5));
    tf.dispose([weights, velocities]);
  });

  it.each(OPTIMIZER_GOLDENS.sgd)('follows torch.optim.SGD with groups of rates $learningRate', (one) => {
    const shapes = GOLDEN_SHAPES.map((shape) => [...shape]);
    const weights = one.start.map((values, index) => tf.tidy(() => tf.variable(tf.tensor(values, shapes[index]))));
    const velocities = weights.map((weight) => tf.tidy(() => tf.variable(tf.zerosLike(weight), false)));
    for (const values of one.gradients) {
      const gradients = values.map((list, at) => tf.tensor(list, shapes[at]));
      sgdStep(weights, gradients, velocities, one);
      tf.dispose(gradients);
    }
    const found = weights.flatMap((weight) => [...weight.dataSync()]);
    one.after
      .at(-1)
      ?.flat()
      .forEach((value, index) => expect(found[index]).toBeCloseTo(value, 5));
    tf.dispose([weights, velocities]);
  });

  it('leaves no tensor behind', () => {
    const weight = tf.variable(tf.ones([3]));
    const velocity = tf.variable(tf.zeros([3]), false);
    const gradient = tf.ones([3]);
    const options = { learningRate: 0.1, momentum: 0.9, nesterov: true, weightDecay: 0.1 };
    expect(tensorLeak(() => sgdStep([weight], [gradient], [velocity], options))).toBe(0);
    tf.dispose([weight, velocity, gradient]);
  });

  it('refuses lists of unequal length', () => {
    const options = { learningRate: 0.1, momentum: 0.9, nesterov: true, weightDecay: 0.1 };
    const weight = tf.variable(tf.ones([3]));
    expect(() => sgdStep([weight], [], [], options)).toThrow(/1 variables, 0 of gradients/);
    expect(() => sgdStep([weight], [weight.reshape([1, 3])], [weight], options)).toThrow(/variable 0 is \[3\]/);
    weight.dispose();
  });
});
