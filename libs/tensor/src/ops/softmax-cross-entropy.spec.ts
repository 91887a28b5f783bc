import * as tf from '@tensorflow/tfjs';

import { numericGradient, tensorLeak } from '../engines/tensor-checks';
import { onEngines } from '../engines/on-engines';
import { softmaxCrossEntropy } from './softmax-cross-entropy';

const LOGITS = [1, 0, -2, 300, -300, 0.5];
const TARGETS = [0.2, 0.3, 0.5, 1, 0, 0];

function naive(): number[] {
  return [0, 1].map((row) => {
    const z = LOGITS.slice(3 * row, 3 * row + 3);
    const high = Math.max(...z);
    const log = high + Math.log(z.reduce((sum, value) => sum + Math.exp(value - high), 0));
    return z.reduce((sum, value, k) => sum - TARGETS[3 * row + k]! * (value - log), 0);
  });
}

onEngines(() => {
  it('equals the formula, also where exponentials would overflow', () => {
    tf.tidy(() => {
      const found = softmaxCrossEntropy(tf.tensor2d(LOGITS, [2, 3]), tf.tensor2d(TARGETS, [2, 3])).dataSync();
      naive().forEach((value, row) => expect(found[row]).toBeCloseTo(value, 5));
    });
  });

  it('has the gradient of its finite differences', () => {
    tf.tidy(() => {
      const targets = tf.tensor2d(TARGETS, [2, 3]);
      const weights = tf.tensor1d([2, -1]);
      const loss = (z: tf.Tensor) =>
        softmaxCrossEntropy(z as tf.Tensor2D, targets)
          .mul(weights)
          .sum();
      const at = tf.tensor2d([1, 0, -2, 0.3, -0.3, 0.5], [2, 3]);
      const found = tf.grad(loss)(at).dataSync();
      numericGradient(loss, at, 0.01)
        .dataSync()
        .forEach((slope, index) => expect(found[index]).toBeCloseTo(slope, 2));
    });
  });

  it('leaves no tensor behind', () => {
    const logits = tf.variable(tf.tensor2d(LOGITS, [2, 3]));
    const targets = tf.tensor2d(TARGETS, [2, 3]);
    expect(
      tensorLeak(() => {
        const { value, grads } = tf.variableGrads(() => tf.mean(softmaxCrossEntropy(logits as tf.Tensor2D, targets)));
        tf.dispose([value, grads]);
      }),
    ).toBe(0);
    tf.dispose([logits, targets]);
  });
});
