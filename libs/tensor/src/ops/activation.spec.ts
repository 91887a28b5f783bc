import * as tf from '@tensorflow/tfjs';

import { activate, type Activation, portableActivate } from './activation';
import { numericGradient, tensorLeak } from '../engines/tensor-checks';
import { onEngines } from '../engines/on-engines';

const hardSigmoid = (z: number) => Math.min(Math.max(z + 3, 0), 6) / 6;
const sigmoid = (z: number) => 1 / (1 + Math.exp(-z));
const FORMULAS: Readonly<Record<Activation, (z: number) => number>> = {
  none: (z) => z,
  relu: (z) => Math.max(z, 0),
  relu6: (z) => Math.min(Math.max(z, 0), 6),
  'hard-sigmoid': hardSigmoid,
  'hard-swish': (z) => z * hardSigmoid(z),
  sigmoid,
  silu: (z) => z * sigmoid(z),
};
const NAMES = Object.keys(FORMULAS) as Activation[];
/** From far below to far above, none of them where a slope jumps. */
const VALUES = [-200, -30, -8.5, -3.3, -2.7, -1.1, -0.4, 0.3, 0.9, 2.6, 3.2, 5.7, 6.4, 31, 200];

onEngines(() => {
  describe.each(NAMES)('the activation %s', (name) => {
    const formula = FORMULAS[name];

    it('has the values of its formula, on any shape', () => {
      tf.tidy(() => {
        const found = activate(tf.tensor(VALUES, [1, 3, 5, 1]), name);
        expect(found.shape).toEqual([1, 3, 5, 1]);
        found.dataSync().forEach((value, index) => {
          const expected = formula(VALUES[index] as number);
          expect(Math.abs(value - expected)).toBeLessThan(1e-6 * Math.max(1, Math.abs(expected)));
        });
      });
    });

    it('has the gradient of its formula', () => {
      tf.tidy(() => {
        const x = tf.tensor1d(VALUES);
        const weights = tf.tensor1d(VALUES.map((_, index) => 1 + index / 4));
        const gradient = tf
          .grad((at) => activate(at, name).mul(weights).sum())(x)
          .dataSync();
        VALUES.forEach((value, index) => {
          const slope = (formula(value + 1e-4) - formula(value - 1e-4)) / 2e-4;
          expect(gradient[index]).toBeCloseTo((1 + index / 4) * slope, 4);
        });
      });
    });

    it('leaves nothing behind', () => {
      const x = tf.tensor1d(VALUES);
      expect(
        tensorLeak(() =>
          tf
            .grad((at) => activate(at.mul(2), name).sum())(x)
            .dispose(),
        ),
      ).toBe(0);
      x.dispose();
    });
  });

  it.each(['hard-sigmoid', 'hard-swish', 'sigmoid', 'silu'] as const)('%s is the same by plain operations', (name) => {
    tf.tidy(() => {
      const x = tf.randomNormal([70_000], 0, 4, 'float32', 3);
      const difference = tf.max(tf.abs(tf.sub(activate(x, name), portableActivate(x, name))));
      expect(difference.dataSync()[0]).toBeLessThan(2e-6);
      const few = tf.tensor1d([-2.5, -0.5, 0.5, 2.5]);
      const loss = (at: tf.Tensor) => portableActivate(at, name).square().sum();
      const slopes = numericGradient(loss, few, 0.01).dataSync();
      tf.grad(loss)(few)
        .dataSync()
        .forEach((value, index) => expect(value).toBeCloseTo(slopes[index] as number, 2));
    });
  });
});
