import * as tf from '@tensorflow/tfjs';

import { averageStep } from './average-step';
import { onEngines } from '../engines/on-engines';
import { tensorLeak } from '../engines/tensor-checks';

onEngines(() => {
  it('moves averages a share of the way to the values, and leaves no tensor behind', () => {
    const averages = [tf.variable(tf.tensor1d([0, 10]), false), tf.variable(tf.tensor2d([[4]]), false)];
    const values = [tf.tensor1d([1, 20]), tf.tensor2d([[0]])];
    averageStep(averages, values, 0.25);
    expect(averages.flatMap((average) => [...average.dataSync()])).toEqual([0.25, 12.5, 3]);
    averageStep(averages, values, 1);
    expect(averages.flatMap((average) => [...average.dataSync()])).toEqual([1, 20, 0]);
    expect(tensorLeak(() => averageStep(averages, values, 0.5))).toBe(0);
    expect(() => averageStep(averages, values.slice(1), 0.5)).toThrow(/2 variables, 1 of values/);
    tf.dispose([averages, values]);
  });
});
