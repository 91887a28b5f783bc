import * as tf from '@tensorflow/tfjs';

import { portableActivate } from './activation';
import { type BatchNormParameters, fusedBatchNorm } from './batch-norm-kernels';
import { batchNormTrain, composedBatchNorm, portableBatchNorm } from './batch-norm';
import type { EngineName } from '../engines/engine';
import { numericGradient, tensorLeak } from '../engines/tensor-checks';
import { onEngines } from '../engines/on-engines';

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

/** @param digits a half unit of this decimal place is allowed, as in toBeCloseTo */
function expectClose(actual: tf.Tensor, expected: ArrayLike<number>, digits: number): void {
  const values = actual.dataSync();
  expect(values).toHaveLength(expected.length);
  const differences = Array.from(expected, (value, index) => Math.abs(value - (values[index] as number)));
  expect(Math.max(...differences)).toBeLessThan(10 ** -digits / 2);
}

/** Every way to compute it on an engine: the one that it chooses, and those that other machines take. */
function implementations(engine: EngineName): (readonly [string, typeof batchNormTrain])[] {
  const composed =
    (normalise: typeof portableBatchNorm): typeof batchNormTrain =>
    (...call) =>
      composedBatchNorm(normalise, ...call);
  return [
    ['the chosen kernels', batchNormTrain],
    ['plain operations', composed(portableBatchNorm)],
    ...(engine === 'tensorflow' ? [["TensorFlow's kernels", composed(fusedBatchNorm)] as const] : []),
  ];
}

onEngines((engine) => {
  describe.each(implementations(engine))('by %s', (_name, normalise) => {
    let parameters: BatchNormParameters & { gamma: tf.Variable<tf.Rank.R1>; beta: tf.Variable<tf.Rank.R1> };
    beforeEach(() => {
      parameters = tf.tidy(() => ({
        gamma: tf.variable(tf.tensor1d([1.5, -0.5, 1, 0.25])),
        beta: tf.variable(tf.tensor1d([0, 1, -2, 0.5])),
        runningMean: tf.variable(tf.tensor1d([0, 1, 2, 3]), false),
        runningVariance: tf.variable(tf.tensor1d([1, 2, 3, 4]), false),
      }));
    });
    afterEach(() => tf.dispose(Object.values(parameters)));
    const options = { epsilon: EPSILON, momentum: 0.1 };
    const input = (shape = SHAPE) => tf.randomNormal<tf.Rank.R4>(shape, 3, 2, 'float32', 5);
    const GAMMA = [1.5, -0.5, 1, 0.25];
    const BETA = [0, 1, -2, 0.5];

    it('normalises by the statistics of the batch and moves the running ones', () => {
      tf.tidy(() => {
        const x = input();
        const expected = naive(x.dataSync(), 4, GAMMA, BETA);
        const y = normalise(x, parameters, options);
        expect(y.shape).toEqual(SHAPE);
        expectClose(y, expected.y, 4);
        const moved = expected.mean.map((mean, channel) => 0.9 * channel + 0.1 * mean);
        expectClose(parameters.runningMean, moved, 5);
        const unbiased = expected.variance.map((variance) => (variance * 30) / 29);
        expectClose(parameters.runningVariance, unbiased.map((variance, channel) => 0.9 * (channel + 1) + 0.1 * variance), 4); // prettier-ignore
      });
    });

    it('of one value per channel is beta', () => {
      tf.tidy(() => {
        const y = normalise(tf.ones([1, 1, 1, 4]), parameters, { ...options, momentum: 1 });
        expectClose(y, BETA, 5);
        expectClose(parameters.runningMean, [1, 1, 1, 1], 6);
        expectClose(parameters.runningVariance, [0, 0, 0, 0], 6);
      });
    });

    it('keeps its digits where the mean is a thousand deviations from zero', () => {
      tf.tidy(() => {
        const x = tf.add(input([4, 8, 8, 4]), 2000) as tf.Tensor4D;
        expectClose(normalise(x, parameters, options), naive(x.dataSync(), 4, GAMMA, BETA).y, 2);
      });
    });

    it.each(['none', 'relu', 'relu6'] as const)(
      'has the gradients of the derivation before the activation %s',
      (activation) => {
        tf.tidy(() => {
          const [floor, ceiling] = { none: [-Infinity, Infinity], relu: [0, Infinity], relu6: [0, 6] }[activation] as [number, number]; // prettier-ignore
          const x = input();
          const residual = tf.mul(tf.randomNormal<tf.Rank.R4>(SHAPE, 0, 3, 'float32', 7), 2) as tf.Tensor4D;
          const weights = tf.randomNormal<tf.Rank.R4>(SHAPE, 0, 1, 'float32', 6);
          const sum = naive(x.dataSync(), 4, GAMMA, BETA).y.map((value, index) => value + residual.dataSync()[index]!);
          expectClose(normalise(x, parameters, { ...options, activation, plus: residual }), sum.map((z) => Math.min(Math.max(z, floor), ceiling)), 4); // prettier-ignore
          const loss = (...[at, gamma, beta, other]: tf.Tensor[]) =>
            normalise(at as tf.Tensor4D, { ...parameters, gamma, beta } as BatchNormParameters, {
              ...options,
              activation,
              plus: other as tf.Tensor4D,
            })
              .mul(weights)
              .sum();
          const [dx, dGamma, dBeta, dResidual] = tf.grads(loss)([x, parameters.gamma, parameters.beta, residual]) as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor]; // prettier-ignore
          const given = weights.dataSync();
          const through = sum.map((z, index) => (z > floor && z < ceiling ? given[index]! : 0));
          const exact = naiveGradients(x.dataSync(), through, GAMMA);
          [dx, dGamma, dBeta].forEach((gradient, place) => expectClose(gradient, exact[place]!, 3));
          expectClose(dResidual, through, 6);
        });
      },
    );

    it.each(['hard-sigmoid', 'hard-swish', 'sigmoid', 'silu'] as const)(
      'has the values and gradients of normalisation, sum and then the activation %s',
      (activation) => {
        tf.tidy(() => {
          const residual = tf.randomNormal<tf.Rank.R4>(SHAPE, 0, 3, 'float32', 7);
          const weights = tf.randomNormal<tf.Rank.R4>(SHAPE, 0, 1, 'float32', 6);
          const at: tf.Tensor[] = [input(), parameters.gamma, parameters.beta, residual];
          const run =
            (isFused: boolean, hasResidual: boolean) =>
            (...[x, gamma, beta, other]: tf.Tensor[]) => {
              const all = { ...options, ...(hasResidual && { plus: other as tf.Tensor4D }) };
              const given = { ...parameters, gamma, beta } as BatchNormParameters;
              return isFused
                ? normalise(x as tf.Tensor4D, given, { ...all, activation })
                : portableActivate(normalise(x as tf.Tensor4D, given, all), activation);
            };
          for (const hasResidual of [false, true]) {
            const tensors = hasResidual ? at : at.slice(0, 3);
            const [found, expected] = [true, false].map((isFused) => {
              const apply = run(isFused, hasResidual);
              const gradients = tf.grads((...call) => apply(...call).mul(weights).sum())(tensors); // prettier-ignore
              return [apply(...tensors), ...gradients];
            }) as [tf.Tensor[], tf.Tensor[]];
            found.forEach((tensor, place) => expectClose(tensor, expected[place]!.dataSync(), 4));
          }
        });
      },
    );

    it('has the gradients of finite differences', () => {
      tf.tidy(() => {
        const weights = tf.randomNormal<tf.Rank.R4>(SHAPE, 0, 1, 'float32', 6);
        const loss = (...[at, gamma, beta]: tf.Tensor[]) =>
          normalise(at as tf.Tensor4D, { ...parameters, gamma, beta } as BatchNormParameters, options)
            .mul(weights)
            .sum();
        const at: tf.Tensor[] = [input(), parameters.gamma, parameters.beta];
        const gradients = tf.grads(loss)(at);
        gradients.forEach((gradient, place) => {
          const moving = (moved: tf.Tensor) => loss(...at.map((other, index) => (index === place ? moved : other)));
          expectClose(gradient, numericGradient(moving, at[place]!, 0.02).dataSync(), 1.7);
        });
      });
    });

    it('agrees with the naive sums on odd sizes, in one piece and in many', () => {
      tf.tidy(() => {
        for (const shape of [
          [1, 1, 3, 4],
          [2, 7, 5, 4],
          [9, 33, 31, 4],
        ] as (typeof SHAPE)[]) {
          // prettier-ignore
          const x = input(shape);
          expectClose(normalise(x, parameters, options), naive(x.dataSync(), 4, GAMMA, BETA).y, 3);
        }
      });
    });

    it('gives the same bits twice', () => {
      tf.tidy(() => {
        const x = input([16, 9, 9, 4]);
        const [first, second] = [0, 1].map(() => normalise(x, parameters, options).dataSync());
        expect(first).toEqual(second);
      });
    });

    it('leaves no tensor behind, with or without gradients', () => {
      const x = input();
      const residual = input();
      expect(tensorLeak(() => normalise(x, parameters, { ...options, plus: residual }).dispose())).toBe(0);
      expect(
        tensorLeak(() => {
          const all = { ...options, plus: residual, activation: 'relu' as const };
          const { grads, value } = tf.variableGrads(() => normalise(x, parameters, all).square().mean());
          tf.dispose([grads, value]);
        }),
      ).toBe(0);
      tf.dispose([x, residual]);
    });
  });
});
