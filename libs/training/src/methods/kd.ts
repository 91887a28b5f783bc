import { kdLoss } from '@winnow/losses';
import type { Method, MethodContext, PreparedMethod } from '../method';
import { POSITIVE, readSettings } from '../method-settings';
import { START_RULE, startStudent } from '../student/start-from-teacher';
import { distilSteps } from './distil-steps';

export const KD_TEMPERATURE = 4;
/** `start`: with fresh weights, or as a part of the teacher where the student is one (startFromTeacher). */
export const KD_SETTINGS = {
  defaults: { temperature: KD_TEMPERATURE, start: 'random' },
  rules: { temperature: POSITIVE, start: START_RULE },
};

/**
 * The teacher's softened outputs on every image, whatever its label; both see the same view. Of labels only those that a
 * person decided are read (withDecidedLogits).
 */
export const kd: Method = {
  name: 'kd',
  summary: "the teacher's outputs (T = 4) on every image; labels are not read",
  revision: 1,
  needsTeacher: true,
  needsSplit: false,
  readsDecisions: true,
  split: 'winnow',
  schedule: 'cosine',
  settings: KD_SETTINGS,
  prepare,
};

function prepare(context: MethodContext): PreparedMethod {
  const { temperature, start } = readSettings(context, KD_SETTINGS.defaults, KD_SETTINGS.rules);
  return distilSteps(context, {
    notes: startStudent(context, start),
    terms: ({ ours, theirs }) => [{ name: 'kd', weight: 1, value: kdLoss(ours.logits, theirs.logits, temperature) }],
  });
}
