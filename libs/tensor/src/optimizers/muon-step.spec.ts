import * as tf from '@tensorflow/tfjs';

import { onEngines } from '../engines/on-engines';
import { tensorLeak } from '../engines/tensor-checks';
import { type MuonOptions, muonStep } from './muon-step';

/** High, wide and square; two of them alike, and some that fill no whole blocks of a product. */
const SHAPES = [
  [3, 3, 4, 8],
  [1, 1, 3, 6],
  [1, 1, 5, 5],
  [3, 3, 4, 8],
  [3, 3, 3, 17],
  [1, 1, 7, 33],
];

const wave = (shape: readonly number[], seed: number): tf.Tensor =>
  tf.tidy(() => {
    const count = shape.reduce((product, side) => product * side, 1);
    return tf
      .range(0, count)
      .add(seed)
      .square()
      .mul(0.37)
      .sin()
      .reshape(shape as number[]);
  });

type Matrix = readonly (readonly number[])[];
const times = (left: Matrix, right: Matrix): Matrix =>
  left.map((row) =>
    (right[0] ?? []).map((_, at) => row.reduce((sum, value, k) => sum + value * (right[k]?.[at] ?? 0), 0)),
  );
const turned = (matrix: Matrix): Matrix => (matrix[0] ?? []).map((_, at) => matrix.map((row) => row[at] ?? 0));
const lengthOf = (matrix: Matrix): number => Math.hypot(...matrix.flat());
const mixed = (left: Matrix, right: Matrix, [a, b]: readonly [number, number]): Matrix =>
  left.map((row, y) => row.map((value, x) => a * value + b * (right[y]?.[x] ?? 0)));

/** The iteration as it was published, on whole matrices in double precision. */
function orthogonalisedPlainly(matrix: Matrix): Matrix {
  const isWide = matrix.length < (matrix[0]?.length ?? 0);
  let x = isWide ? matrix : turned(matrix);
  x = x.map((row) => row.map((value) => value / lengthOf(matrix)));
  for (let round = 0; round < 5; round += 1) {
    const gram = times(x, turned(x));
    const change = mixed(gram, times(gram, gram), [-4.775, 2.0315]);
    x = mixed(x, times(change, x), [3.4445, 1]);
  }
  return isWide ? x : turned(x);
}

const matrixOf = (values: tf.Tensor): Matrix =>
  tf.tidy(() => values.reshape([-1, values.shape.at(-1) as number]).arraySync()) as number[][];

onEngines(() => {
  const start = () => SHAPES.map((shape, index) => tf.tidy(() => tf.variable(wave(shape, index + 1))));
  const zeros = () => SHAPES.map((shape) => tf.tidy(() => tf.variable(tf.zeros(shape), false)));

  it.each<MuonOptions>([
    { turn: 0.02, momentum: 0.9, nesterov: true },
    { turn: [0.1, 0.2, 0, 0.3, 0.1, 0.2], momentum: 0.5, nesterov: false },
  ])('follows the published iteration with %j', (options) => {
    const [kernels, velocities] = [start(), zeros()];
    let expected = kernels.map(matrixOf);
    const remembered: Matrix[] = kernels.map((kernel) => matrixOf(kernel).map((row) => row.map(() => 0)));
    for (let step = 0; step < 3; step += 1) {
      const gradients = SHAPES.map((shape, index) => wave(shape, 10 * step + index + 0.3));
      muonStep(kernels, gradients, velocities, options);
      expected = expected.map((weight, index) => {
        const gradient = matrixOf(gradients[index] as tf.Tensor);
        const velocity = mixed(gradient, remembered[index] as Matrix, [1, options.momentum]);
        remembered[index] = velocity;
        const wanted = options.nesterov ? mixed(gradient, velocity, [1, options.momentum]) : velocity;
        const rank = Math.min(weight.length, weight[0]?.length ?? 0);
        const turn = typeof options.turn === 'number' ? options.turn : (options.turn[index] ?? 0);
        const moved = mixed(weight, orthogonalisedPlainly(wanted), [1, (-turn * lengthOf(weight)) / Math.sqrt(rank)]);
        return moved.map((row) => row.map((value) => (value * lengthOf(weight)) / lengthOf(moved)));
      });
      tf.dispose(gradients);
    }
    kernels.forEach((kernel, index) => {
      const found = matrixOf(kernel).flat();
      expected[index]?.flat().forEach((value, at) => expect(found[at]).toBeCloseTo(value, 3));
    });
    tf.dispose([kernels, velocities]);
  });

  it('keeps the length of a kernel, turns it by the share that is asked, and leaves one of zeros', () => {
    const kernels = [tf.tidy(() => tf.variable(wave([3, 3, 4, 8], 1))), tf.variable(tf.zeros([1, 1, 2, 2]))];
    const velocities = kernels.map((kernel) => tf.variable(tf.zerosLike(kernel), false));
    const before = matrixOf(kernels[0] as tf.Tensor);
    const gradients = [wave([3, 3, 4, 8], 5), wave([1, 1, 2, 2], 5)];
    muonStep(kernels, gradients, velocities, { turn: 0.05, momentum: 0.9, nesterov: true });
    const after = matrixOf(kernels[0] as tf.Tensor);
    expect(lengthOf(after) / lengthOf(before)).toBeCloseTo(1, 5);
    const moved = lengthOf(mixed(after, before, [1, -1])) / lengthOf(before);
    expect(moved).toBeGreaterThan(0.05 * 0.6);
    expect(moved).toBeLessThan(0.05 * 1.25);
    expect(matrixOf(kernels[1] as tf.Tensor).flat()).toEqual([0, 0, 0, 0]);
    tf.dispose([kernels, velocities, gradients]);
  });

  it('passes on a gradient that is no number, so that the weights tell of it', () => {
    const kernel = tf.tidy(() => tf.variable(wave([1, 1, 2, 2], 1)));
    const velocity = tf.variable(tf.zerosLike(kernel), false);
    const gradient = tf.tensor4d([Number.NaN, 1, 1, 1], [1, 1, 2, 2]);
    muonStep([kernel], [gradient], [velocity], { turn: 0.05, momentum: 0.9, nesterov: true });
    expect(matrixOf(kernel).flat().some(Number.isNaN)).toBe(true);
    tf.dispose([kernel, velocity, gradient]);
  });

  it('leaves no tensor behind', () => {
    const [kernels, velocities] = [start(), zeros()];
    const gradients = SHAPES.map((shape, index) => wave(shape, index));
    expect(
      tensorLeak(() => muonStep(kernels, gradients, velocities, { turn: 0.1, momentum: 0.9, nesterov: true })),
    ).toBe(0);
    tf.dispose([kernels, velocities, gradients]);
  });
});
