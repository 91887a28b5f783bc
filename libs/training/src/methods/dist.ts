import { distLoss } from '@winnow/losses';
import type { Method, MethodContext, PreparedMethod } from '../method';
import { POSITIVE, readSettings } from '../method-settings';
import { distilSteps } from './distil-steps';

/** At T = 4 and weights of 2 the loss is 32 times as large, and without cross-entropy a rate of .1 does not bear it. */
const DEFAULTS = { temperature: 1, weight: 1 };
const RULES = { temperature: POSITIVE, weight: POSITIVE };
const TWO_CLASSES =
  'Over two classes the correlation is always 1 or -1 and teaches nothing: only that over the batch (intra) does.';

/**
 * Correlation with the teacher's softened outputs over classes and over the batch, on everything. Huang et al.,
 * "Knowledge Distillation from A Stronger Teacher", NeurIPS 2022; without its cross-entropy, as labels are noisy here.
 */
export const dist: Method = {
  name: 'dist',
  summary: 'DIST (Huang et al. 2022): correlation with the teacher over classes and over the batch; no labels',
  revision: 1,
  needsTeacher: true,
  needsSplit: false,
  readsDecisions: true,
  split: 'winnow',
  schedule: 'cosine',
  settings: { defaults: DEFAULTS, rules: RULES },
  prepare,
};

function prepare(context: MethodContext): PreparedMethod {
  const { temperature, weight } = readSettings(context, DEFAULTS, RULES);
  return distilSteps(context, {
    notes: context.student.model.classCount === 2 ? [TWO_CLASSES] : [],
    terms: ({ ours, theirs }) => {
      const { inter, intra } = distLoss(ours.logits, theirs.logits, temperature);
      return [
        { name: 'inter', weight, value: inter },
        { name: 'intra', weight, value: intra },
      ];
    },
  });
}
