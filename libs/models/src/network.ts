import { tf } from '@winnow/tensor';
import { EVALUATION_PASS } from './evaluation-pass';
import type { ForwardPass } from './forward-pass';
import { FrozenPass } from './frozen-pass';
import type { Linear } from './linear';
import type { ForwardResult, Model } from './model';
import type { ParameterStore } from './parameter-store';
import { TRAINING_PASS } from './training-pass';

export interface NetworkParts {
  readonly name: string;
  readonly classCount: number;
  readonly featureDim: number;
  /** Pictures to the last feature map, [batch, height, width, featureDim]. */
  readonly trunk: (images: tf.Tensor4D, pass: ForwardPass) => tf.Tensor4D;
  readonly classifier: Linear;
}

/** A model from its trunk and classifier, between them a global average pool. */
export function network(parts: NetworkParts, { parameters, depthwiseNames }: ParameterStore): Model {
  const { trunk, classifier, ...about } = parts;
  const through = (images: tf.Tensor4D, pass: ForwardPass): ForwardResult =>
    tf.tidy(() => {
      const featureMap = trunk(images, pass);
      const features = tf.mean(featureMap, [1, 2]) as tf.Tensor2D;
      return { logits: classifier.apply(features), features, featureMap } as ForwardResult & tf.TensorContainerObject;
    });
  const trainable = [...parameters.values()].filter((variable) => variable.trainable);
  return {
    ...about,
    trainable,
    parameters,
    depthwiseNames,
    classifierName: classifier.name,
    parameterCount: trainable.reduce((sum, variable) => sum + variable.size, 0),
    forward: (images, { training }) => through(images, training ? TRAINING_PASS : EVALUATION_PASS),
    through,
    freeze: () => {
      const pass = new FrozenPass();
      return { forward: (images) => through(images, pass), dispose: () => pass.dispose() };
    },
    dispose: () => {
      for (const variable of parameters.values()) variable.dispose();
    },
  };
}
