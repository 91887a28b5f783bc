import { kdLoss } from '@winnow/losses';
import { distilSteps } from '../distil-steps';
import type { Method, MethodContext, PreparedMethod } from '../method';
import { readSettings } from '../read-settings';
import { POSITIVE } from '../setting-rules';

export const KD_TEMPERATURE = 4;

/** The teacher's softened outputs on every picture, whatever its label; both see the same view. */
export const kd: Method = {
  name: 'kd',
  summary: "the teacher's outputs (T = 4) on every picture; labels are not read",
  revision: 1,
  needsTeacher: true,
  needsSplit: false,
  split: 'winnow',
  schedule: 'cosine',
  prepare,
};

function prepare(context: MethodContext): PreparedMethod {
  const { temperature } = readSettings(context, { temperature: KD_TEMPERATURE }, { temperature: POSITIVE });
  return distilSteps(context, {
    terms: ({ ours, theirs }) => [{ name: 'kd', weight: 1, value: kdLoss(ours.logits, theirs.logits, temperature) }],
  });
}
