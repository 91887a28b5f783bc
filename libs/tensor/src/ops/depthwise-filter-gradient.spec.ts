import * as tf from '@tensorflow/tfjs';

import { depthwiseConv2d } from './depthwise-conv2d';
import { onEngines } from '../engines/on-engines';

interface Case {
  readonly batch: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly kernel: number;
  readonly stride: number;
}

/** Sums over images and windows of what each place of the filter saw times the gradient there. */
function naive(x: ArrayLike<number>, dy: tf.Tensor4D, { height, width, channels, kernel, stride }: Case): number[] {
  const [batch, outHeight, outWidth] = dy.shape;
  const slopes = dy.dataSync();
  const padding = (kernel - 1) / 2;
  const sums = Array<number>(kernel * kernel * channels).fill(0);
  for (let at = 0; at < slopes.length; at += 1) {
    const channel = at % channels;
    const [column, row] = [Math.floor(at / channels) % outWidth, Math.floor(at / channels / outWidth) % outHeight];
    const image = Math.floor(at / channels / outWidth / outHeight) % batch;
    for (let place = 0; place < kernel * kernel; place += 1) {
      const y = row * stride + Math.floor(place / kernel) - padding;
      const left = column * stride + (place % kernel) - padding;
      if (y < 0 || left < 0 || y >= height || left >= width) continue;
      sums[place * channels + channel]! += slopes[at]! * x[((image * height + y) * width + left) * channels + channel]!;
    }
  }
  return sums;
}

onEngines(() => {
  it.each<Case>([
    // One pixel; less than a band of rows; several bands, the last not full; odd and even sizes; wider than a pass.
    { batch: 2, height: 1, width: 1, channels: 8, kernel: 3, stride: 1 },
    { batch: 3, height: 7, width: 7, channels: 24, kernel: 5, stride: 1 },
    { batch: 1, height: 31, width: 9, channels: 8, kernel: 7, stride: 1 },
    { batch: 2, height: 33, width: 70, channels: 8, kernel: 3, stride: 1 },
    { batch: 2, height: 33, width: 12, channels: 16, kernel: 5, stride: 2 },
    { batch: 1, height: 32, width: 31, channels: 8, kernel: 3, stride: 2 },
    { batch: 1, height: 8, width: 8, channels: 12, kernel: 3, stride: 2 },
  ])('the gradient of a depthwise filter is that of a loop, %j', (one) => {
    tf.tidy(() => {
      const { batch, height, width, channels, kernel, stride } = one;
      const x = tf.randomNormal<tf.Rank.R4>([batch, height, width, channels], 0, 1, 'float32', 1);
      const filter = tf.randomNormal<tf.Rank.R4>([kernel, kernel, channels, 1], 0, 1, 'float32', 2);
      const options = { stride, padding: (kernel - 1) / 2 };
      const dy = tf.randomNormal(depthwiseConv2d(x, filter, options).shape, 0, 1, 'float32', 3);
      const gradientOf = tf.grad((at) =>
        depthwiseConv2d(x, at as tf.Tensor4D, options)
          .mul(dy)
          .sum(),
      );
      const [found, again] = [0, 1].map(() => gradientOf(filter).dataSync());
      const expected = naive(x.dataSync(), dy as tf.Tensor4D, one);
      expect(found).toHaveLength(expected.length);
      const errors = expected.map((value, index) => Math.abs(value - (found?.[index] as number)));
      expect(Math.max(...errors)).toBeLessThan(1e-3);
      expect(again).toEqual(found);
    });
  });
});
