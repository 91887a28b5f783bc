import * as tf from '@tensorflow/tfjs';

import { activate, type Activation } from './activation';
import { batchNormFixed, batchNormInference } from './batch-norm';
import type { BatchNormParameters } from './batch-norm-kernels';
import { onEngines } from '../engines/on-engines';
import { tensorLeak } from '../engines/tensor-checks';

const EPSILON = 1e-3;
const SHAPE: [number, number, number, number] = [3, 2, 5, 4];
const CASES = (['none', 'relu', 'relu6'] as const).flatMap((activation) =>
  [false, true].map((isResidual) => ({ activation, isResidual })),
);

function parametersOf(): BatchNormParameters {
  return {
    gamma: tf.variable(tf.tensor1d([1, -0.5, 2, 0.1])),
    beta: tf.variable(tf.tensor1d([0, 0.3, -1, 2])),
    runningMean: tf.variable(tf.tensor1d([0.5, -2, 0, 1]), false),
    runningVariance: tf.variable(tf.tensor1d([1, 4, 0.25, 0]), false),
  };
}

const close = (found: tf.Tensor | undefined, expected: tf.Tensor): void => {
  const values = found?.dataSync() ?? [];
  expect(values).toHaveLength(expected.size);
  expected.dataSync().forEach((value, index) => expect(values[index]).toBeCloseTo(value, 3));
};

onEngines(() => {
  /** By operations of tfjs alone. */
  const composed =
    (activation: Activation) => (x: tf.Tensor, residual: tf.Tensor, gamma: tf.Tensor, beta: tf.Tensor) => {
      const { runningMean: mean, runningVariance: variance } = parametersOf();
      const y = x.sub(mean).div(variance.add(EPSILON).sqrt()).mul(gamma).add(beta).add(residual);
      return activate(y, activation);
    };

  it.each(CASES)('normalises and has gradients by running statistics, $activation, residual $isResidual', (one) => {
    tf.tidy(() => {
      const { activation, isResidual } = one;
      const x = tf.randomNormal<tf.Rank.R4>(SHAPE, 1, 2, 'float32', 3);
      const residual = isResidual
        ? tf.randomNormal<tf.Rank.R4>(SHAPE, 0, 1, 'float32', 4)
        : tf.zeros<tf.Rank.R4>(SHAPE);
      const weights = tf.randomNormal<tf.Rank.R4>(SHAPE, 0, 1, 'float32', 5);
      const parameters = parametersOf();
      const { gamma, beta, runningMean, runningVariance } = parameters;
      const ours = (...[at, other, scale, offset]: tf.Tensor[]) =>
        batchNormFixed(at as tf.Tensor4D, { ...parameters, gamma: scale, beta: offset } as BatchNormParameters, {
          epsilon: EPSILON,
          activation,
          plus: isResidual ? (other as tf.Tensor4D) : undefined,
          trainsAffine: true,
        });
      const before = [runningMean, runningVariance].map((variable) => [...variable.dataSync()]);
      close(ours(x, residual, gamma, beta), composed(activation)(x, residual, gamma, beta));
      if (!isResidual && activation === 'none') {
        close(
          ours(x, residual, gamma, beta),
          batchNormInference(x, gamma, beta, runningMean, runningVariance, EPSILON),
        );
      }
      const given = isResidual ? [x, residual, gamma, beta] : [x, gamma, beta];
      const spread = (args: tf.Tensor[]) => (isResidual ? args : [args[0], residual, ...args.slice(1)]) as tf.Tensor[];
      const slopes = (f: (...args: tf.Tensor[]) => tf.Tensor) =>
        tf.grads((...args: tf.Tensor[]) => f(...spread(args)).mul(weights).sum())(given); // prettier-ignore
      const expected = slopes(composed(activation) as (...args: tf.Tensor[]) => tf.Tensor);
      slopes(ours).forEach((slope, index) => close(slope, expected[index] as tf.Tensor));
      expect([runningMean, runningVariance].map((variable) => [...variable.dataSync()])).toEqual(before);
      tf.dispose(Object.values(parameters));
    });
  });

  it('gives the same without gradients of scale and offset, and leaves no tensor behind', () => {
    const parameters = parametersOf();
    const x = tf.randomNormal<tf.Rank.R4>(SHAPE, 1, 2, 'float32', 3);
    const slope = (trainsAffine: boolean) =>
      tf.tidy(() =>
        tf
          .grad((at) =>
            batchNormFixed(at as tf.Tensor4D, parameters, { epsilon: EPSILON, activation: 'relu', trainsAffine })
              .square()
              .sum(),
          )(x)
          .dataSync(),
      );
    expect(slope(false)).toEqual(slope(true));
    expect(tensorLeak(() => void slope(false))).toBe(0);
    tf.dispose([x, ...Object.values(parameters)]);
  });
});
