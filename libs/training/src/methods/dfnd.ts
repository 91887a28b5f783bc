import { classOneHot, kdLoss, noiseAdaptationLoss } from '@winnow/losses';
import { argmaxRows } from '@winnow/noise';
import { tf } from '@winnow/tensor';
import { confidences } from '../classification-metrics';
import type { Method, MethodContext, PreparedMethod } from '../method';
import { teacherOutputs, requiredTeacher } from '../teacher/required-teacher';
import { distilSteps } from './distil-steps';
import { KD_TEMPERATURE } from './kd';

/** The paper keeps 600,000 of 1.28 million collected images. */
const KEPT_FRACTION = 0.5;

/**
 * The half of the pool that the teacher is surest of, its softened outputs, and its classes through a matrix of how it
 * may err. An epoch is a pass over that half. Chen et al., "Learning Student Networks in the Wild", CVPR 2021. The
 * matrix is trained like all else, where the paper has Adam for it.
 */
export const dfnd: Method = {
  name: 'dfnd',
  summary: 'DFND (Chen et al. 2021): the half that the teacher is surest of, with a matrix of its errors',
  revision: 1,
  needsTeacher: true,
  needsSplit: false,
  readsDecisions: true,
  split: 'winnow',
  schedule: 'cosine',
  imagesPerEpoch: ({ count }) => Math.ceil(count * KEPT_FRACTION),
  prepare,
};

async function prepare(context: MethodContext): Promise<PreparedMethod> {
  const teacher = requiredTeacher(context);
  const certainty = confidences(await teacherOutputs(context, { flipped: false }));
  const rows = surestRows(certainty);
  const { classCount } = teacher;
  const diagonal = certainty.reduce((sum, value) => sum + value, 0) / certainty.length;
  const matrix = tf.tidy(() => tf.variable(tf.zeros<tf.Rank.R2>([classCount, classCount])));
  return distilSteps(context, {
    rows,
    modules: new Map([['adaptation', matrix]]),
    notes: [
      `${rows.length} of ${certainty.length} images are drawn: those that the teacher is surest of.`,
      `Its accuracy is taken to be its mean confidence, ${diagonal.toFixed(3)}.`,
    ],
    terms: ({ ours, theirs }) => {
      const targets = classOneHot(argmaxRows(theirs.logits.dataSync(), classCount), classCount);
      return [
        { name: 'kd', weight: 1, value: kdLoss(ours.logits, theirs.logits, KD_TEMPERATURE) },
        { name: 'classes', weight: 1, value: noiseAdaptationLoss(ours.logits, targets, { matrix, diagonal }) },
      ];
    },
  });
}

/** In the order of the pool. Where two are as sure, the earlier one. */
function surestRows(certainty: Float64Array): Int32Array {
  const ranked = Array.from(certainty.keys()).sort(
    (a, b) => (certainty[b] as number) - (certainty[a] as number) || a - b,
  );
  return Int32Array.from(ranked.slice(0, Math.ceil(certainty.length * KEPT_FRACTION))).sort();
}
