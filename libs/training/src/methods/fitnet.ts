import { WinnowError } from '@winnow/contracts';
import { featureMse, kdLoss } from '@winnow/losses';
import { type Model, requireFeatureMap } from '@winnow/models';
import { tf } from '@winnow/tensor';
import type { Method, MethodContext, PreparedMethod } from '../method';
import { requiredTeacher } from '../teacher/required-teacher';
import { distilSteps } from './distil-steps';
import { mapProjector } from './feature-maps';
import { KD_TEMPERATURE } from './kd';

/** Of the mean over all elements of the map, as in the comparison of Tian et al., ICLR 2020 (CRD), appendix. */
const FEATURE_WEIGHT = 100;

/**
 * The last feature map of the teacher, on everything: nothing else teaches the student's convolutions. Its classifier
 * learns the teacher's outputs from features through which no gradient flows. Romero et al., "FitNets: Hints for Thin
 * Deep Nets", ICLR 2015, which guides a middle layer first and then trains the whole with labels and outputs: here the
 * hint is the last map, and both stages run at once.
 */
export const fitnet: Method = {
  name: 'fitnet',
  summary: "FitNet (Romero et al. 2015): the teacher's last feature map; its outputs for the classifier alone",
  revision: 1,
  needsTeacher: true,
  needsFeatureMap: true,
  needsSplit: false,
  readsDecisions: true,
  split: 'winnow',
  schedule: 'cosine',
  prepare,
};

function prepare(context: MethodContext): PreparedMethod {
  const projector = mapProjector(context, requiredTeacher(context));
  const classify = classifierOf(context.student.model);
  return distilSteps(context, {
    modules: projector.variables,
    notes: projector.notes,
    terms: ({ ours, theirs }) => {
      const logits = classify(stopGradient(ours.features));
      return [
        {
          name: 'mse',
          weight: FEATURE_WEIGHT,
          value: featureMse(projector.project(ours.featureMap), requireFeatureMap(theirs)),
        },
        { name: 'kd-classifier', weight: 1, value: kdLoss(logits, theirs.logits, KD_TEMPERATURE) },
      ];
    },
  });
}

/** The model's own classifier on features of another source, [batch, featureDim] to [batch, classes]. */
function classifierOf({ parameters, classifierName, name }: Model): (features: tf.Tensor2D) => tf.Tensor2D {
  const weight = parameters.get(`${classifierName}.weight`);
  const bias = parameters.get(`${classifierName}.bias`);
  if (weight === undefined) throw new WinnowError('INTERNAL', `${name} has no classifier ${classifierName}`);
  return (features) => {
    const products = tf.matMul(features, weight as tf.Tensor2D);
    return (bias ? tf.add(products, bias) : products) as tf.Tensor2D;
  };
}

/** The same values, through which no gradient flows. */
const stopGradient = tf.customGrad((...args) => {
  const [x] = args as unknown as [tf.Tensor];
  return { value: x.clone(), gradFunc: (dy: tf.Tensor) => tf.zerosLike(dy) };
}) as <T extends tf.Tensor>(x: T) => T;
