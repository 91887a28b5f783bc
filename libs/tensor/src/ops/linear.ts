import { WinnowError } from '@winnow/contracts';
import * as tf from '@tensorflow/tfjs';

import { gelu } from './activation';
import { hasNativeKernels, runTensorflowKernel } from '../engines/tensorflow-kernel';

export interface LinearParameters {
  /** [in, out], or the same as a 1x1 convolution's filter, [1, 1, in, out] */
  readonly weight: tf.Tensor;
  /** [out] */
  readonly bias: tf.Tensor1D;
  /** Factors of the results before the summand, [out]: ConvNeXt's layer scale. */
  readonly scale?: tf.Tensor1D | undefined;
}

export interface LinearOptions {
  /** Default none; not together with a scale. */
  readonly activation?: 'none' | 'gelu' | undefined;
  /** Added at the end, of the result's shape: the other branch of a residual block. */
  readonly plus?: tf.Tensor4D | undefined;
}

/**
 * activation(x weight + bias) * scale + plus over the last axis, differentiable with respect to all of them. On TensorFlow
 * what follows the product is one kernel each way.
 * @param x [batch, height, width, in]
 * @returns [batch, height, width, out]
 * @throws WinnowError SHAPE_MISMATCH
 */
export function linear(x: tf.Tensor4D, parameters: LinearParameters, options: LinearOptions = {}): tf.Tensor4D {
  const { weight, bias, scale } = parameters;
  const { activation = 'none', plus: residual } = options;
  const shape: [number, number, number, number] = [x.shape[0], x.shape[1], x.shape[2], bias.size];
  const isRight = weight.shape.slice(0, -2).every((size) => size === 1) && weight.size === x.shape[3] * bias.size;
  if (!isRight || (scale && scale.size !== bias.size) || (residual && residual.shape.join() !== shape.join())) {
    throw new WinnowError(
      'SHAPE_MISMATCH',
      `linear: x is [${x.shape.join(', ')}], the weight [${weight.shape.join(', ')}], the bias [${bias.shape.join(', ')}]${residual ? `, the summand [${residual.shape.join(', ')}]` : ''}`,
    );
  }
  return tf.tidy(() => {
    const rows = x.reshape([-1, x.shape[3]]) as tf.Tensor2D;
    const matrix = weight.reshape([x.shape[3], bias.size]) as tf.Tensor2D;
    if (hasNativeKernels())
      return nativeLinear(rows, matrix, { bias, scale, activation, plus: residual }).reshape(shape);
    const sum = tf.add(tf.matMul(rows, matrix), bias);
    const active = activation === 'gelu' ? gelu(sum) : sum;
    const scaled = (scale ? tf.mul(active, scale) : active).reshape(shape);
    return residual ? tf.add(scaled, residual) : scaled;
  }) as tf.Tensor4D;
}

type Epilogue = Pick<LinearParameters, 'bias' | 'scale'> & LinearOptions;

function nativeLinear(
  rows: tf.Tensor2D,
  matrix: tf.Tensor2D,
  { bias, scale, activation, plus: residual }: Epilogue,
): tf.Tensor {
  const booleans = { gelu: activation === 'gelu', scale: scale !== undefined, plus: residual !== undefined };
  const compute = tf.customGrad((...args) => {
    const save = args.pop() as unknown as tf.GradSaveFunc;
    const [x, w, b] = args as tf.Tensor[] as [tf.Tensor, tf.Tensor, tf.Tensor];
    const empty = tf.tensor1d([]);
    const factor = scale ? (args[3] as unknown as tf.Tensor) : empty;
    const addend = residual ? (args.at(-1) as unknown as tf.Tensor) : empty;
    const z = product(x, w);
    const [y] = runTensorflowKernel({
      name: 'WinnowLinearEpilogue',
      inputs: [z, b, factor, addend],
      outputs: 1,
      booleans,
    });
    save([x, w, b, factor, booleans.gelu || booleans.scale ? z : empty]);
    return {
      value: y as tf.Tensor,
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [input, weight, offset, factors, before] = saved as [
          tf.Tensor,
          tf.Tensor,
          tf.Tensor,
          tf.Tensor,
          tf.Tensor,
        ];
        const inputs = [dy, before, offset, factors];
        const call = { name: 'WinnowLinearEpilogueGrad', inputs, outputs: 3, booleans };
        const [slopes, dBias, dScale] = runTensorflowKernel(call) as [tf.Tensor, tf.Tensor, tf.Tensor];
        const dz = before.size > 0 ? slopes : dy;
        return [
          product(dz, weight, { right: true }),
          product(input, dz, { left: true }),
          dBias,
          ...(scale ? [dScale] : []),
          ...(residual ? [dy.clone()] : []),
        ];
      },
    };
  });
  const summand = residual ? [residual.reshape([rows.shape[0], matrix.shape[1]])] : [];
  return compute(rows, matrix, bias, ...(scale ? [scale] : []), ...summand);
}

/** Matrix product, of transposed matrices where said; tfjs's own goes by a kernel for batches of them. */
function product(a: tf.Tensor, b: tf.Tensor, transposed: { readonly left?: boolean; readonly right?: boolean } = {}) {
  const booleans = { transpose_a: transposed.left ?? false, transpose_b: transposed.right ?? false };
  const [result] = runTensorflowKernel({ name: 'MatMul', inputs: [a, b], outputs: 1, floatTypes: ['T'], booleans });
  return result as tf.Tensor;
}
