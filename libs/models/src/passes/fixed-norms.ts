import { type BatchNormParameters, batchNormFixed, type tf } from '@winnow/tensor';
import { epsilonOf } from '../architectures/layer-parameters';
import type { Epilogue, ForwardPass } from './forward-pass';
import type { Model } from '../model';
import { convolve, TRAINING_PASS } from './live-passes';

/**
 * The model with batch normalisations that keep their running statistics in training and normalise by them, as
 * fine-tuning with few images or small batches wants it; its weights are the model's own.
 * @param trainsAffine false: their scales and offsets are not among what is trained either
 */
export function withFixedNorms(model: Model, { trainsAffine }: { readonly trainsAffine: boolean }): Model {
  const pass = fixedNormPass(trainsAffine);
  const affine = new Set(trainsAffine ? [] : normAffine(model));
  const trainable = model.trainable.filter((variable) => !affine.has(variable));
  return {
    ...model,
    trainable,
    forward: (images, options) => (options.training ? model.through(images, pass) : model.forward(images, options)),
  };
}

/** As in training, but by running statistics, which stay. */
function fixedNormPass(trainsAffine: boolean): ForwardPass {
  const normalise = (
    x: tf.Tensor4D,
    norm: BatchNormParameters,
    { activation, plus: residual }: Epilogue = {},
  ): tf.Tensor4D => batchNormFixed(x, norm, { epsilon: epsilonOf(norm), activation, plus: residual, trainsAffine });
  return {
    ...TRAINING_PASS,
    normalise,
    convolveNorm: (x, { convolution, norm }, epilogue) => normalise(convolve(x, convolution), norm, epilogue),
  };
}

/** Scales and offsets of batch normalisations: what stands beside running statistics. */
function normAffine({ parameters }: Model): tf.Variable[] {
  return [...parameters.keys()].flatMap((name) => {
    const [, norm] = /^(.*)\.running_mean$/.exec(name) ?? [];
    if (norm === undefined) return [];
    return [`${norm}.weight`, `${norm}.bias`].flatMap((one) => parameters.get(one) ?? []);
  });
}
