import { WinnowError } from '@winnow/contracts';
import type { Model } from '@winnow/models';
import { tf } from '@winnow/tensor';

/** The model's own classifier on features of another source, [batch, featureDim] to [batch, classes]. */
export function classifierOf({ parameters, classifierName, name }: Model): (features: tf.Tensor2D) => tf.Tensor2D {
  const weight = parameters.get(`${classifierName}.weight`);
  const bias = parameters.get(`${classifierName}.bias`);
  if (weight === undefined) throw new WinnowError('INTERNAL', `${name} has no classifier ${classifierName}`);
  return (features) => {
    const products = tf.matMul(features, weight as tf.Tensor2D);
    return (bias ? tf.add(products, bias) : products) as tf.Tensor2D;
  };
}
