import { featureMse } from '@winnow/losses';
import { requireFeatureMap } from '@winnow/models';
import type { Method, MethodContext, PreparedMethod } from '../method';
import { distilSteps } from './distil-steps';
import { alignMaps } from './feature-maps';
import { projectedStudent, takeClassifier } from './reused-classifier';

/**
 * The teacher's classifier on the student's features, which a projector takes to the teacher's: only the last feature
 * map is learnt, on everything. Projector and classifier stay in the student. Chen et al., "Knowledge Distillation with
 * the Reused Teacher Classifier", CVPR 2022.
 */
export const simkd: Method = {
  name: 'simkd',
  summary: "SimKD (Chen et al. 2022): the teacher's last feature map through a projector, its classifier taken over",
  revision: 2,
  needsTeacher: true,
  needsFeatureMap: true,
  needsSplit: false,
  split: 'winnow',
  schedule: 'cosine',
  studentModel: projectedStudent,
  prepare,
};

async function prepare(context: MethodContext): Promise<PreparedMethod> {
  const notes = await takeClassifier(context);
  return distilSteps(context, {
    notes,
    readsLogits: false,
    terms: ({ ours, theirs }) => [
      { name: 'mse', weight: 1, value: featureMse(...alignMaps(ours.featureMap, requireFeatureMap(theirs))) },
    ],
  });
}
