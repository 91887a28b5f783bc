import * as tf from '@tensorflow/tfjs';

import { type AdamwOptions, adamwStep } from './adamw-step';
import { onEngines } from '../engines/on-engines';
import { GOLDEN_SHAPES, OPTIMIZER_GOLDENS } from './optimizer-goldens';
import { tensorLeak } from '../engines/tensor-checks';

const shapeOf = (index: number): number[] => [...(GOLDEN_SHAPES[index] ?? [])];
const OPTIONS: AdamwOptions = { learningRate: 0.1, betas: [0.9, 0.999], epsilon: 1e-8, weightDecay: 0.5, step: 1 };

const zerosOf = (weights: readonly tf.Tensor[]): tf.Variable[] =>
  weights.map((weight) => tf.tidy(() => tf.variable(tf.zerosLike(weight), false)));

onEngines(() => {
  it('takes a first step of the learning rate, and what decays, by hand', () => {
    const weight = tf.variable(tf.tensor1d([1, -2]));
    const moments = { first: zerosOf([weight]), second: zerosOf([weight]) };
    const gradient = tf.tensor1d([4, -0.25]);
    adamwStep([weight], [gradient], moments, OPTIONS);
    // w (1 - .1 * .5), then .1 against the sign of the gradient.
    expect(weight.dataSync()[0]).toBeCloseTo(0.95 - 0.1, 6);
    expect(weight.dataSync()[1]).toBeCloseTo(-1.9 + 0.1, 6);
    expect(moments.first[0]?.dataSync()[0]).toBeCloseTo(0.4, 6);
    expect(moments.second[0]?.dataSync()[0]).toBeCloseTo(0.016, 6);
    tf.dispose([weight, gradient, moments.first, moments.second]);
  });

  it.each(OPTIMIZER_GOLDENS.adamw)(
    'follows torch.optim.AdamW with betas $betas and groups of rates $learningRate',
    (one) => {
      const weights = one.start.map((values, index) => tf.tidy(() => tf.variable(tf.tensor(values, shapeOf(index)))));
      const moments = { first: zerosOf(weights), second: zerosOf(weights) };
      one.gradients.forEach((values, index) => {
        const gradients = values.map((list, at) => tf.tensor(list, shapeOf(at)));
        adamwStep(weights, gradients, moments, { ...one, step: index + 1 });
        tf.dispose(gradients);
        one.after[index]?.forEach((expected, at) => {
          const found = [...(weights[at] as tf.Variable).dataSync()];
          expected.forEach((value, place) => expect(found[place]).toBeCloseTo(value, 5));
        });
      });
      tf.dispose([weights, moments.first, moments.second]);
    },
  );

  it('leaves no tensor behind, and refuses lists that do not run in parallel', () => {
    const weight = tf.variable(tf.ones([3]));
    const moments = { first: zerosOf([weight]), second: zerosOf([weight]) };
    const gradient = tf.ones([3]);
    expect(tensorLeak(() => adamwStep([weight], [gradient], moments, OPTIONS))).toBe(0);
    expect(() => adamwStep([weight], [gradient], { ...moments, second: [] }, OPTIONS)).toThrow(/0 of second moments/);
    tf.dispose([weight, gradient, moments.first, moments.second]);
  });
});
