import * as tf from '@tensorflow/tfjs';

import { linear, type LinearOptions, type LinearParameters } from './linear';
import { numericGradient } from '../engines/tensor-checks';
import { onEngines } from '../engines/on-engines';

const [IN, OUT] = [5, 9];
const CASES = [
  { name: 'alone', activation: 'none', scaled: false, added: false },
  { name: 'with GELU', activation: 'gelu', scaled: false, added: false },
  { name: 'with GELU and a summand', activation: 'gelu', scaled: false, added: true },
  { name: 'with a summand', activation: 'none', scaled: false, added: true },
  { name: 'with a scale and a summand', activation: 'none', scaled: true, added: true },
  { name: 'with a scale', activation: 'none', scaled: true, added: false },
] as const;

/** Abramowitz and Stegun, 7.1.5: the series of the error function, in double precision. */
function erf(x: number): number {
  // The series is of large terms with changing signs there.
  if (Math.abs(x) > 4) return Math.sign(x);
  let [term, sum] = [x, x];
  for (let n = 1; n < 200; n += 1) {
    term *= (-x * x) / n;
    sum += term / (2 * n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * sum;
}
const gelu = (x: number): number => (x / 2) * (1 + erf(x / Math.SQRT2));

const draw = (shape: number[], seed: number): tf.Tensor => tf.randomNormal(shape, 0, 1, 'float32', seed);
const largest = (found: tf.Tensor, expected: tf.Tensor): number =>
  tf.max(tf.abs(tf.sub(found, expected))).dataSync()[0] as number;

onEngines(() => {
  it.each(CASES)('$name: the values of a loop and the gradients of finite differences', (one) => {
    tf.tidy(() => {
      const inputs = [[2, 1, 3, IN], [1, 1, IN, OUT], [OUT], [OUT], [2, 1, 3, OUT]].map((shape, at) => draw(shape, at + 1)); // prettier-ignore
      const used = [true, true, true, one.scaled, one.added];
      const compute = (...[x, weight, bias, scale, residual]: tf.Tensor[]): tf.Tensor =>
        linear(
          x as tf.Tensor4D,
          { weight, bias, ...(one.scaled && { scale }) } as LinearParameters,
          { activation: one.activation, ...(one.added && { plus: residual }) } as LinearOptions,
        );
      const y = compute(...inputs);
      expect(y.shape).toEqual([2, 1, 3, OUT]);
      const [x, weight, bias, scale, residual] = inputs.map((tensor) => tensor.dataSync()) as Float32Array[] as [Float32Array, Float32Array, Float32Array, Float32Array, Float32Array]; // prettier-ignore
      y.dataSync().forEach((value, at) => {
        const [row, column] = [Math.floor(at / OUT), at % OUT];
        let sum = bias[column] as number;
        for (let i = 0; i < IN; i += 1) sum += (x[row * IN + i] as number) * (weight[i * OUT + column] as number);
        const active = one.activation === 'gelu' ? gelu(sum) : sum;
        const scaled = one.scaled ? active * (scale[column] as number) : active;
        expect(value).toBeCloseTo(one.added ? scaled + (residual[at] as number) : scaled, 5);
      });
      const weights = draw(y.shape, 9);
      const loss = (...moved: tf.Tensor[]): tf.Tensor => tf.sum(tf.mul(compute(...moved), weights));
      // The inputs that are not used come last or between: the loss gets all of them.
      const spread = (some: readonly tf.Tensor[]): tf.Tensor[] => {
        const rest = [...some];
        return inputs.map((input, at) => (used[at] ? (rest.shift() as tf.Tensor) : input));
      };
      const exact = tf.grads((...some: tf.Tensor[]) => loss(...spread(some)))(inputs.filter((_, at) => used[at]));
      inputs
        .filter((_, at) => used[at])
        .forEach((input, index) => {
          const slopes = numericGradient(
            (moved) => {
              const some = inputs.filter((_, at) => used[at]);
              some[index] = moved;
              return loss(...spread(some));
            },
            input,
            1e-2,
          );
          expect(largest(exact[index] as tf.Tensor, slopes)).toBeLessThan(1e-2);
        });
    });
  });

  it('gives GELU where it is nearly 0 and nearly x', () => {
    tf.tidy(() => {
      const xs = [-12, -6, -3, -1, -0.1, 0, 0.1, 1, 3, 6, 12];
      const one = { weight: tf.ones([1, 1]), bias: tf.zeros<tf.Rank.R1>([1]) };
      const y = linear(tf.tensor4d(xs, [1, 1, xs.length, 1]), one, { activation: 'gelu' }).dataSync();
      y.forEach((value, at) => {
        const x = xs[at] as number;
        expect(Math.abs(value - (Math.abs(x) > 5 ? Math.max(x, 0) : gelu(x)))).toBeLessThan(
          2e-6 * Math.max(1, Math.abs(x)),
        );
      });
    });
  });

  it('refuses what does not fit', () => {
    tf.tidy(() => {
      const x = tf.zeros<tf.Rank.R4>([1, 1, 2, 3]);
      const bias = tf.zeros<tf.Rank.R1>([4]);
      expect(() => linear(x, { weight: tf.zeros([2, 4]), bias })).toThrow(/linear: x is \[1, 1, 2, 3\]/);
      const residual = tf.zeros<tf.Rank.R4>([1, 1, 1, 4]);
      expect(() => linear(x, { weight: tf.zeros([3, 4]), bias }, { plus: residual })).toThrow(/summand/);
    });
  });
});
