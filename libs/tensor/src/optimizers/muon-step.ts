import * as tf from '@tensorflow/tfjs';

import { hasNativeKernels } from '../engines/tensorflow-kernel';
import { ofWeight, type PerWeight, requireParallel, runWeightStep } from './weight-step';

export interface MuonOptions {
  /** By how much of its length a kernel is turned. */
  readonly turn: PerWeight;
  readonly momentum: number;
  readonly nesterov: boolean;
}

/** Of the quintic that Jordan et al. iterate: singular values from 0.001 to 1 end between .7 and 1.2. */
const [A, B, C] = [3.4445, -4.775, 2.0315];
const ROUNDS = 5;

/**
 * One step of Muon (Jordan et al. 2024, "Muon: an optimizer for hidden layers in neural networks") on kernels of
 * convolutions that a normalisation follows, in place. A kernel [height, width, in, out] is a matrix W [height width in,
 * out], of which only the direction matters there: with v = momentum v + g and O the matrix of singular values near one
 * that has the singular vectors of (nesterov ? g + momentum v : v), W moves by turn |W| / sqrt(rank) O and keeps its
 * length |W| (as in the authors' records on CIFAR-10). A kernel of zeros stays.
 * The three lists run in parallel; velocities start at zero. The gradients stay the caller's to dispose.
 * @throws WinnowError SHAPE_MISMATCH for lists of unequal length
 */
export function muonStep(
  kernels: readonly tf.Variable[],
  gradients: readonly tf.Tensor[],
  velocities: readonly tf.Variable[],
  options: MuonOptions,
): void {
  requireParallel(kernels, { gradients, velocities });
  if (kernels.length === 0) return;
  if (!hasNativeKernels()) return portableStep(kernels, gradients, velocities, options);
  const { turn, momentum, nesterov } = options;
  runWeightStep('WinnowMuonStep', [kernels, gradients, velocities], {
    moved: [kernels, velocities],
    settings: kernels.map(({ shape }, index) => [
      ofWeight(turn, index),
      momentum,
      nesterov ? 1 : 0,
      shape.at(-1) as number,
    ]),
  });
}

const portableStep: typeof muonStep = (kernels, gradients, velocities, { turn, momentum, nesterov }) => {
  tf.tidy(() => {
    const wanted = kernels.map((kernel, index) => {
      const gradient = gradients[index] as tf.Tensor;
      const velocity = velocities[index] as tf.Variable;
      velocity.assign(velocity.mul(momentum).add(gradient));
      return matrixOf(nesterov ? velocity.mul(momentum).add(gradient) : velocity, kernel);
    });
    orthogonalised(wanted).forEach((matrix, index) => {
      const kernel = kernels[index] as tf.Variable;
      const length = kernel.norm();
      const step = kernelOf(matrix, kernel).mul(length.mul(ofWeight(turn, index) / Math.sqrt(shorter(matrix))));
      const moved = kernel.sub(step);
      kernel.assign(moved.mul(length.div(moved.norm().maximum(1e-30))));
    });
  });
};

/** [height width in, out], transposed where that is wider than high. */
function matrixOf(values: tf.Tensor, { shape }: tf.Tensor): tf.Tensor2D {
  const matrix = values.reshape([-1, shape.at(-1) as number]) as tf.Tensor2D;
  return isWide(shape) ? matrix.transpose() : matrix;
}

function kernelOf(matrix: tf.Tensor2D, { shape }: tf.Tensor): tf.Tensor {
  return (isWide(shape) ? matrix.transpose() : matrix).reshape(shape as number[]);
}

function isWide(shape: readonly number[]): boolean {
  return shape.slice(0, -1).reduce((product, side) => product * side, 1) < (shape.at(-1) as number);
}

const shorter = (matrix: tf.Tensor2D): number => matrix.shape[1];

/**
 * Each matrix with singular values near one. The iteration X <- X (a + b X'X + c (X'X)²) is followed in X'X alone, small
 * and of one size for many kernels, so that these go through it together, and X is multiplied once.
 * @param matrices at least as high as wide
 */
function orthogonalised(matrices: readonly tf.Tensor2D[]): readonly tf.Tensor2D[] {
  const scaled = matrices.map((matrix) => matrix.div(matrix.norm().maximum(1e-20)) as tf.Tensor2D);
  const factors = new Map<tf.Tensor2D, tf.Tensor2D>();
  for (const side of new Set(scaled.map(shorter))) {
    const alike = scaled.filter((matrix) => shorter(matrix) === side);
    const grams = tf.stack(alike.map((matrix) => tf.matMul(matrix, matrix, true, false)));
    tf.unstack(iterated(grams as tf.Tensor3D)).forEach((factor, index) => {
      factors.set(alike[index] as tf.Tensor2D, factor as tf.Tensor2D);
    });
  }
  return scaled.map((matrix) => tf.matMul(matrix, factors.get(matrix) as tf.Tensor2D));
}

/** What X is to be multiplied with. @param grams X'X of each, [count, side, side] */
function iterated(grams: tf.Tensor3D): tf.Tensor {
  const identity = tf.eye(grams.shape[1]).mul(A);
  let [gram, factor]: [tf.Tensor, tf.Tensor | null] = [grams, null];
  for (let round = 1; round <= ROUNDS; round += 1) {
    const change = gram.mul(B).add(tf.matMul(gram, gram).mul(C)).add(identity);
    factor = factor === null ? change : tf.matMul(factor, change);
    // All of them are polynomials of one matrix: their order does not matter.
    if (round < ROUNDS) gram = tf.matMul(tf.matMul(change, gram), change);
  }
  return factor as tf.Tensor;
}
