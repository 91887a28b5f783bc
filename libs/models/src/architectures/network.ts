import { tf } from '@winnow/tensor';
import { type Architecture, mapOf } from './architecture';
import { EVALUATION_PASS, TRAINING_PASS } from '../passes/live-passes';
import type { ForwardPass } from '../passes/forward-pass';
import { FrozenPass } from '../passes/frozen-pass';
import { linear } from './layer-parameters';
import type { ModelResult, Model } from '../model';
import type { ParameterStore } from './parameter-store';

/** A model: the body, its head, a global average pool, a linear classifier. */
export function network(architecture: Architecture, store: ParameterStore, classCount: number): Model {
  const body = architecture.body(store);
  const { featureMapDim } = body;
  const head = body.head?.(store);
  const featureDim = head?.featureDim ?? featureMapDim;
  const classifier = linear(store, architecture.classifierName, featureDim, classCount);
  const { parameters, depthwiseNames } = store;
  const through = (images: tf.Tensor4D, pass: ForwardPass): ModelResult =>
    tf.tidy(() => {
      const end = body.trunk(images, pass);
      const featureMap = mapOf(body, end, pass);
      const features = pass.features(head ? head.layers(end, pass) : featureMap);
      return { logits: classifier.apply(features), features, featureMap } as ModelResult & tf.TensorContainerObject;
    });
  const trainable = [...parameters.values()].filter((variable) => variable.trainable);
  return {
    name: architecture.name,
    classCount,
    featureDim,
    featureMapDim,
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
