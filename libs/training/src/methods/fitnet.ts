import { featureMse, kdLoss } from '@winnow/losses';
import { classifierOf } from '../classifier-of';
import { distilSteps } from '../distil-steps';
import { mapProjector } from '../map-projector';
import type { Method, MethodContext, PreparedMethod } from '../method';
import { requiredTeacher } from '../required-teacher';
import { stopGradient } from '../stop-gradient';
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
          value: featureMse(projector.project(ours.featureMap), theirs.featureMap),
        },
        { name: 'kd-classifier', weight: 1, value: kdLoss(logits, theirs.logits, KD_TEMPERATURE) },
      ];
    },
  });
}
