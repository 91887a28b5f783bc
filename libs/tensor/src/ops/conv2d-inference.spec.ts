import * as tf from '@tensorflow/tfjs';

import { activate } from './activation';
import { conv2d } from './conv2d';
import { conv2dInference } from './conv2d-inference';
import { onEngines } from '../engines/on-engines';
import { tensorLeak } from '../engines/tensor-checks';

const random = (shape: number[], seed: number) => tf.randomNormal<tf.Rank.R4>(shape as [number, number, number, number], 0, 1, 'float32', seed); // prettier-ignore

onEngines(() => {
  describe.each([
    { size: 9, from: 5, to: 7, kernel: 3, stride: 2 },
    { size: 8, from: 16, to: 16, kernel: 3, stride: 1 },
    { size: 8, from: 3, to: 8, kernel: 1, stride: 2 },
    { size: 7, from: 4, to: 6, kernel: 1, stride: 1 },
    { size: 12, from: 3, to: 4, kernel: 7, stride: 2 },
  ])('of %j', ({ size, from, to, kernel, stride }) => {
    const padding = (kernel - 1) / 2;
    const index = { stride, padding };

    it.each(['none', 'relu', 'relu6', 'hard-swish', 'silu'] as const)(
      'is the convolution, the sums and the activation %s',
      (activation) => {
        tf.tidy(() => {
          const x = random([3, size, size, from], 1);
          const filter = random([kernel, kernel, from, to], 2);
          const bias = tf.randomNormal<tf.Rank.R1>([to], 0, 1, 'float32', 3);
          const plain = conv2d(x, filter, index).add(bias) as tf.Tensor4D;
          const residual = random(plain.shape, 4);
          const before = residual.dataSync().slice();
          for (const addend of [undefined, residual]) {
            const found = conv2dInference(x, filter, bias, { ...index, activation, plus: addend });
            const expected = activate(addend ? plain.add(addend) : plain, activation);
            expect(found.shape).toEqual(expected.shape);
            expect(tf.max(tf.abs(tf.sub(found, expected))).dataSync()[0]).toBeLessThan(1e-4);
          }
          // oneDNN adds in place where it may.
          expect(residual.dataSync()).toEqual(before);
        });
      },
    );
  });

  it('refuses a summand or a bias of another shape', () => {
    tf.tidy(() => {
      const [x, filter, bias] = [random([1, 8, 8, 3], 1), random([3, 3, 3, 16], 2), tf.zeros<tf.Rank.R1>([16])];
      const options = { stride: 1, padding: 1, activation: 'none' } as const;
      const run =
        (residual: tf.Tensor4D, offset = bias) =>
        () =>
          conv2dInference(x, filter, offset, { ...options, plus: residual });
      expect(run(random([1, 64, 64, 16], 3))).toThrow(expect.objectContaining({ code: 'SHAPE_MISMATCH' }));
      expect(run(random([1, 16, 8, 8], 3))).toThrow(expect.objectContaining({ code: 'SHAPE_MISMATCH' }));
      expect(run(random([1, 8, 8, 16], 3), tf.zeros([4]))).toThrow(expect.objectContaining({ code: 'SHAPE_MISMATCH' }));
    });
  });

  it('leaves no tensor behind', () => {
    const tensors = [random([1, 4, 4, 3], 1), random([3, 3, 3, 2], 2), tf.zeros([2])];
    const [x, filter, bias] = tensors as [tf.Tensor4D, tf.Tensor4D, tf.Tensor1D];
    const options = { stride: 1, padding: 1, activation: 'relu' } as const;
    expect(tensorLeak(() => conv2dInference(x, filter, bias, options).dispose())).toBe(0);
    tf.dispose(tensors);
  });
});
