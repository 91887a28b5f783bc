import * as tf from '@tensorflow/tfjs';

import { depthwiseConv2d } from './depthwise-conv2d';
import { numericGradient } from '../engines/tensor-checks';
import { onEngines } from '../engines/on-engines';

interface Case {
  readonly size: number;
  readonly kernel: number;
  readonly stride: number;
  readonly padding: number;
  /** Default 3. */
  readonly channels?: number;
}

/** The sum over the window, place by place, of one image. */
function naive(
  x: ArrayLike<number>,
  filter: ArrayLike<number>,
  { size, kernel, stride, padding, channels = 3 }: Case,
): number[] {
  const out = Math.floor((size + 2 * padding - kernel) / stride) + 1;
  const result: number[] = [];
  for (let place = 0; place < out * out * channels; place += 1) {
    const channel = place % channels;
    const column = Math.floor(place / channels) % out;
    const row = Math.floor(place / channels / out);
    let sum = 0;
    for (let dy = 0; dy < kernel; dy += 1) {
      for (let dx = 0; dx < kernel; dx += 1) {
        const [y, left] = [row * stride + dy - padding, column * stride + dx - padding];
        if (y < 0 || left < 0 || y >= size || left >= size) continue;
        sum += (x[(y * size + left) * channels + channel] as number) * (filter[(dy * kernel + dx) * channels + channel] as number); // prettier-ignore
      }
    }
    result.push(sum);
  }
  return result;
}

onEngines(() => {
  it('gives the gradient of an image that is narrower than the window to its own rows alone', () => {
    tf.tidy(() => {
      const filter = tf.tensor4d(
        Array.from({ length: 72 }, (_, at) => 1 + Math.floor(at / 8)),
        [3, 3, 8, 1],
      );
      const sum = (x: tf.Tensor) => depthwiseConv2d(x as tf.Tensor4D, filter, { stride: 2, padding: 1 }).sum();
      const slopes = tf.grad(sum)(tf.ones([1, 3, 1, 8]));
      // Only the middle column of the filter meets it: 2, 5 and 8; the row between two windows meets both.
      expect([...slopes.dataSync()].filter((_, at) => at % 8 === 0)).toEqual([5, 10, 5]);
    });
  });

  it.each<Case>([
    { size: 5, kernel: 3, stride: 1, padding: 1 },
    { size: 6, kernel: 3, stride: 2, padding: 1 },
    { size: 7, kernel: 3, stride: 2, padding: 1 },
    { size: 6, kernel: 3, stride: 2, padding: 1, channels: 8 },
    { size: 7, kernel: 5, stride: 2, padding: 2, channels: 16 },
    { size: 5, kernel: 3, stride: 1, padding: 0 },
    { size: 7, kernel: 5, stride: 1, padding: 1 },
    { size: 7, kernel: 5, stride: 1, padding: 1, channels: 8 },
    { size: 8, kernel: 7, stride: 1, padding: 3, channels: 8 },
    { size: 3, kernel: 7, stride: 1, padding: 3, channels: 16 },
  ])('has the values of a loop and the gradients of finite differences, %j', (one) => {
    tf.tidy(() => {
      const { size, kernel, channels = 3 } = one;
      const x = tf.randomNormal<tf.Rank.R4>([1, size, size, channels], 0, 1, 'float32', 1);
      const filter = tf.randomNormal<tf.Rank.R4>([kernel, kernel, channels, 1], 0, 1, 'float32', 2);
      const found = depthwiseConv2d(x, filter, one);
      const expected = naive(x.dataSync(), filter.dataSync(), one);
      expect(found.dataSync()).toHaveLength(expected.length);
      const errors = Array.from(found.dataSync(), (value, index) => Math.abs(value - (expected[index] as number)));
      expect(Math.max(...errors)).toBeLessThan(1e-4);
      const weights = tf.randomNormal(found.shape, 0, 1, 'float32', 3);
      const loss = (a: tf.Tensor, b: tf.Tensor) =>
        depthwiseConv2d(a as tf.Tensor4D, b as tf.Tensor4D, one)
          .mul(weights)
          .sum();
      const [dx, dFilter] = tf.grads(loss)([x, filter]) as [tf.Tensor, tf.Tensor];
      const slopes = [
        numericGradient((moved) => loss(moved, filter), x, 0.1),
        numericGradient((moved) => loss(x, moved), filter, 0.1),
      ];
      [dx, dFilter].forEach((gradient, place) => {
        expect(tf.max(tf.abs(tf.sub(gradient, slopes[place] as tf.Tensor))).dataSync()[0]).toBeLessThan(0.01);
      });
    });
  });
});
