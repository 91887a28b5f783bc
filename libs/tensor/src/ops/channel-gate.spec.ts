import * as tf from '@tensorflow/tfjs';

import { gateChannels } from './gate-channels';
import { meanPool } from './pools';
import { onEngines } from '../engines/on-engines';
import { tensorLeak } from '../engines/tensor-checks';

type Shape = [number, number, number, number];
/** One pixel, odd sizes, more channels than one part of the kernel has, more pixels than are summed at once. */
const SHAPES: readonly Shape[] = [
  [2, 1, 1, 3],
  [3, 5, 4, 7],
  [2, 3, 3, 300],
  [1, 19, 23, 24],
];
const random = (shape: readonly number[], seed: number) => tf.randomNormal([...shape], 0, 1, 'float32', seed);

/** Sums over the pixels of each image, channel by channel. */
function sums(values: ArrayLike<number>, [batch, height, width, channels]: Shape): number[] {
  const result = Array<number>(batch * channels).fill(0);
  for (let at = 0; at < values.length; at += 1) {
    const image = Math.floor(at / (height * width * channels));
    result[image * channels + (at % channels)]! += values[at]!;
  }
  return result;
}

function expectClose(found: tf.Tensor, expected: readonly number[]): void {
  const values = found.dataSync();
  expect(values).toHaveLength(expected.length);
  const differences = expected.map((value, index) => Math.abs(value - (values[index] as number)));
  expect(Math.max(...differences)).toBeLessThan(1e-4);
}

onEngines(() => {
  describe.each(SHAPES)('channels of [%i, %i, %i, %i]', (...shape) => {
    const [batch, height, width, channels] = shape;
    const pixels = height * width;
    const gateAt = (at: number) => Math.floor(at / (pixels * channels)) * channels + (at % channels);

    it('have the means of a loop, and its gradient', () => {
      tf.tidy(() => {
        const x = random(shape, 1) as tf.Tensor4D;
        const means = meanPool(x);
        expect(means.shape).toEqual([batch, 1, 1, channels]);
        const totals = sums(x.dataSync(), shape);
        expectClose(means, totals.map((sum) => sum / pixels)); // prettier-ignore
        const weights = random(means.shape, 2);
        const given = weights.dataSync();
        const dx = tf.grad((at) => meanPool(at as tf.Tensor4D).mul(weights).sum())(x); // prettier-ignore
        expect(dx.shape).toEqual(shape);
        expectClose(
          dx,
          Array.from({ length: x.size }, (_, at) => (given[gateAt(at)] as number) / pixels),
        );
      });
    });

    it('are weighed as in a loop, and have its gradients', () => {
      tf.tidy(() => {
        const [x, weights] = [random(shape, 1), random(shape, 3)];
        const gate = random([batch, 1, 1, channels], 2);
        const [xs, factors, dy] = [x, gate, weights].map((tensor) => tensor.dataSync()) as [Float32Array, Float32Array, Float32Array]; // prettier-ignore
        const found = gateChannels(x as tf.Tensor4D, gate as tf.Tensor4D);
        expect(found.shape).toEqual(shape);
        expectClose(
          found,
          Array.from(xs, (value, at) => value * factors[gateAt(at)]!),
        );
        const loss = (...[a, b]: tf.Tensor[]) => gateChannels(a as tf.Tensor4D, b as tf.Tensor4D).mul(weights).sum(); // prettier-ignore
        const [dx, dGate] = tf.grads(loss)([x, gate]) as [tf.Tensor, tf.Tensor];
        expectClose(
          dx,
          Array.from(dy, (value, at) => value * factors[gateAt(at)]!),
        );
        expect(dGate.shape).toEqual(gate.shape);
        expectClose(dGate, sums(dy.map((value, at) => value * xs[at]!), shape)); // prettier-ignore
      });
    });
  });

  it('leave no tensor behind', () => {
    const x = random([2, 3, 3, 4], 1) as tf.Tensor4D;
    const loss = (at: tf.Tensor) => gateChannels(at as tf.Tensor4D, meanPool(at as tf.Tensor4D)).sum() as tf.Scalar;
    expect(tensorLeak(() => tf.grad(loss)(x).dispose())).toBe(0);
    x.dispose();
  });
});
