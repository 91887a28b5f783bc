import * as tf from '@tensorflow/tfjs';

import { batchNormTrain } from './batch-norm-train';
import { numericGradient } from './numeric-gradient';
import { onEngines } from './on-engines';
import { tensorLeak } from './tensor-leak';

const EPSILON = 1e-5;
const SHAPE: [number, number, number, number] = [3, 2, 5, 4];

/** Algorithm 1 of the paper in plain numbers. */
function naive(x: ArrayLike<number>, channels: number, gamma: number[], beta: number[]) {
  const count = x.length / channels;
  const mean = Array<number>(channels).fill(0);
  const variance = Array<number>(channels).fill(0);
  for (let i = 0; i < x.length; i++) mean[i % channels]! += x[i]! / count;
  for (let i = 0; i < x.length; i++) variance[i % channels]! += (x[i]! - mean[i % channels]!) ** 2 / count;
  const y = Array.from(x, (value, i) => {
    const channel = i % channels;
    return ((value - mean[channel]!) / Math.sqrt(variance[channel]! + EPSILON)) * gamma[channel]! + beta[channel]!;
  });
  return { y, mean, variance };
}

/** Gradients of sum(y * dy), from the derivation in the paper's section 3. */
function naiveGradients(x: ArrayLike<number>, dy: ArrayLike<number>, gamma: number[]) {
  const channels = gamma.length;
  const count = x.length / channels;
  const { mean, variance } = naive(x, channels, gamma, gamma);
  const normal = Array.from(
    x,
    (value, i) => (value - mean[i % channels]!) / Math.sqrt(variance[i % channels]! + EPSILON),
  );
  const dBeta = Array<number>(channels).fill(0);
  const dGamma = Array<number>(channels).fill(0);
  normal.forEach((value, i) => {
    dBeta[i % channels]! += dy[i]!;
    dGamma[i % channels]! += dy[i]! * value;
  });
  const dx = normal.map((value, i) => {
    const channel = i % channels;
    const inner = dy[i]! - dBeta[channel]! / count - (value * dGamma[channel]!) / count;
    return (gamma[channel]! / Math.sqrt(variance[channel]! + EPSILON)) * inner;
  });
  return [dx, dGamma, dBeta];
}

function expectClose(actual: tf.Tensor, expected: ArrayLike<number>, digits: number): void {
  const values = actual.dataSync();
  expect(values).toHaveLength(expected.length);
  values.forEach((value, index) => expect(value).toBeCloseTo(expected[index] as number, digits));
}

onEngines(() => {
  let gamma: tf.Tensor1D, beta: tf.Tensor1D;
  let scale: tf.Variable<tf.Rank.R1>, shift: tf.Variable<tf.Rank.R1>;
  beforeAll(() => {
    gamma = tf.tensor1d([1.5, -0.5, 1, 0.25]);
    beta = tf.tensor1d([0, 1, -2, 0.5]);
    scale = tf.variable(tf.ones<tf.Rank.R1>([4]));
    shift = tf.variable(tf.zeros<tf.Rank.R1>([4]));
  });
  const input = () => tf.randomNormal<tf.Rank.R4>(SHAPE, 3, 2, 'float32', 5);

  it('normalises by the statistics of the batch', () => {
    tf.tidy(() => {
      const x = input();
      const expected = naive(x.dataSync(), 4, [1.5, -0.5, 1, 0.25], [0, 1, -2, 0.5]);
      const { y, mean, variance } = batchNormTrain(x, gamma, beta, EPSILON);
      expect([y.shape, mean.shape, variance.shape]).toEqual([SHAPE, [4], [4]]);
      expectClose(y, expected.y, 4);
      expectClose(mean, expected.mean, 5);
      expectClose(variance, expected.variance, 4);
    });
  });

  it('gives the biased variance of two values', () => {
    tf.tidy(() => {
      const { variance, y } = batchNormTrain(tf.tensor4d([1, 3], [2, 1, 1, 1]), tf.ones([1]), tf.zeros([1]), 0);
      expectClose(variance, [1], 6);
      expectClose(y, [-1, 1], 5);
    });
  });

  it('of one value per channel is beta', () => {
    tf.tidy(() => {
      const { y, mean, variance } = batchNormTrain(tf.ones([1, 1, 1, 4]), gamma, beta, EPSILON);
      expectClose(y, [0, 1, -2, 0.5], 5);
      expectClose(mean, [1, 1, 1, 1], 6);
      expectClose(variance, [0, 0, 0, 0], 6);
    });
  });

  it('has the gradients of the derivation and of finite differences', () => {
    tf.tidy(() => {
      const weights = tf.randomNormal<tf.Rank.R4>(SHAPE, 0, 1, 'float32', 6);
      const loss = (x: tf.Tensor, g: tf.Tensor, b: tf.Tensor) =>
        batchNormTrain(x as tf.Tensor4D, g as tf.Tensor1D, b as tf.Tensor1D, EPSILON)
          .y.mul(weights)
          .sum();
      const at: [tf.Tensor, tf.Tensor, tf.Tensor] = [input(), gamma, beta];
      const [dx, dGamma, dBeta] = tf.grads(loss)(at) as [tf.Tensor, tf.Tensor, tf.Tensor];
      const exact = naiveGradients(at[0].dataSync(), weights.dataSync(), [1.5, -0.5, 1, 0.25]);
      [dx, dGamma, dBeta].forEach((gradient, place) => expectClose(gradient, exact[place]!, 4));
      const slopes = at.map((tensor, place) =>
        numericGradient(
          (moved) => loss(...(at.map((other, i) => (i === place ? moved : other)) as typeof at)),
          tensor,
          0.02,
        ),
      );
      [dx, dGamma, dBeta].forEach((gradient, place) => expectClose(gradient, slopes[place]!.dataSync(), 1.7));
    });
  });

  it('lets gradients flow on through what follows, and none through the statistics', () => {
    tf.tidy(() => {
      const { grads, value } = tf.variableGrads(() => {
        const { y } = batchNormTrain(input(), scale, shift, EPSILON);
        return y.square().mean();
      });
      expect(value.dataSync()[0]).toBeCloseTo(1, 3);
      expectClose(grads[scale.name]!, [0.5, 0.5, 0.5, 0.5], 3);
      expectClose(grads[shift.name]!, [0, 0, 0, 0], 4);
    });
  });

  it('leaves no tensor behind, with or without gradients', () => {
    const x = input();
    expect(tensorLeak(() => tf.dispose(Object.values(batchNormTrain(x, gamma, beta, EPSILON))))).toBe(0);
    expect(
      tensorLeak(() => {
        const { grads, value } = tf.variableGrads(() => batchNormTrain(x, scale, shift, EPSILON).y.square().mean());
        tf.dispose([grads, value]);
      }),
    ).toBe(0);
    x.dispose();
  });
});
