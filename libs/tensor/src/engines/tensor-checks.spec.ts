import * as tf from '@tensorflow/tfjs';

import { numericGradient, tensorLeak } from './tensor-checks';
import { onEngines } from './on-engines';

onEngines(
  (engine) => {
    it('is the slope of each element', () => {
      tf.tidy(() => {
        const gradient = numericGradient((x) => x.square().sum(), tf.tensor2d([[1, -2, 3]]), 0.01);
        expect(gradient.shape).toEqual([1, 3]);
        [2, -4, 6].forEach((value, index) => expect(gradient.dataSync()[index]).toBeCloseTo(value, 2));
      });
    });

    it('leaves only its result', () => {
      const x = tf.tensor1d([1, 2]);
      expect(tensorLeak(() => void numericGradient((at) => at.sum(), x, 0.1))).toBe(1);
      x.dispose();
    });

    it('runs on the engine that its block names', () => expect(tf.getBackend()).toBe(engine));
  },
  ['tensorflow', 'wasm', 'cpu'],
);
