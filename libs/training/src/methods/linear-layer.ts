import type { SeededRandom } from '@winnow/random';
import { tf } from '@winnow/tensor';

/** A trainable `x W + b`. */
export interface LinearLayer {
  /** By name below the layer's own. */
  readonly variables: ReadonlyMap<string, tf.Variable>;
  /** @param x [batch, inputs] @returns [batch, outputs] */
  apply(x: tf.Tensor2D): tf.Tensor2D;
}

/** Weights and bias start uniform within 1 / sqrt(inputs), as PyTorch's Linear does. */
export function linearLayer(
  name: string,
  { inputs, outputs }: { readonly inputs: number; readonly outputs: number },
  random: SeededRandom,
): LinearLayer {
  const bound = 1 / Math.sqrt(inputs);
  const draw = (label: string, length: number): Float32Array => {
    const stream = random.fork(name, label);
    return Float32Array.from({ length }, () => (2 * stream.next() - 1) * bound);
  };
  const [weight, bias] = tf.tidy(() => [
    tf.variable(tf.tensor2d(draw('weight', inputs * outputs), [inputs, outputs])),
    tf.variable(tf.tensor1d(draw('bias', outputs))),
  ]) as [tf.Variable<tf.Rank.R2>, tf.Variable<tf.Rank.R1>];
  return {
    variables: new Map<string, tf.Variable>([
      [`${name}.weight`, weight],
      [`${name}.bias`, bias],
    ]),
    apply: (x) => tf.add(tf.matMul(x, weight), bias) as tf.Tensor2D,
  };
}
