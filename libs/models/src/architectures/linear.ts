import { tf } from '@winnow/tensor';
import type { ParameterStore } from './parameter-store';

/** x -> x weight + bias */
export interface Linear {
  /** PyTorch's, without `.weight` and `.bias`. */
  readonly name: string;
  /** [batch, from] to [batch, to] */
  apply(x: tf.Tensor2D): tf.Tensor2D;
}

/** A classifier with PyTorch's names and initial weights. */
export function linear(store: ParameterStore, name: string, from: number, to: number): Linear {
  const weight = store.uniform(`${name}.weight`, [from, to], from) as tf.Variable<tf.Rank.R2>;
  const bias = store.uniform(`${name}.bias`, [to], from);
  return { name, apply: (x) => tf.add(tf.matMul(x, weight), bias) as tf.Tensor2D };
}
