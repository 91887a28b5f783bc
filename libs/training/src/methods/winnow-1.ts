import { OUTPUT_DEFAULTS, OUTPUT_RULES, checkAnsweredBatch } from './answered-steps';
import type { Method, MethodContext, PreparedMethod } from '../method';
import { readSettings } from '../method-settings';
import { winnow } from './winnow';

/**
 * What `winnow` was before it refined the teacher: distillation from logits that are asked for once. What the teacher says
 * of an image and its mirror image is right more often than what it says of a view, and the time that it does not take in
 * every step goes into a second view. Labels are not read.
 */
export const winnow1: Method = {
  name: 'winnow-1',
  streamName: 'winnow',
  summary: "the teacher's mean logits for every image and its mirror image, for two views of it; labels are not read",
  revision: 3,
  needsTeacher: true,
  needsSplit: false,
  split: 'winnow',
  schedule: 'cosine',
  settings: { defaults: OUTPUT_DEFAULTS, rules: OUTPUT_RULES },
  recipe: { nesterov: true, warmUp: 0.05 },
  viewsOf: (asked) => readSettings(asked, OUTPUT_DEFAULTS, OUTPUT_RULES).views,
  checkBatch: (asked) => checkAnsweredBatch(asked, readSettings(asked, OUTPUT_DEFAULTS, OUTPUT_RULES)),
  prepare,
};

/** By the same code: without refinement and decisions. */
function prepare(context: MethodContext): PreparedMethod | Promise<PreparedMethod> {
  const settings = { ...readSettings(context, OUTPUT_DEFAULTS, OUTPUT_RULES), refine: 'none' };
  return winnow.prepare({ ...context, settings, data: { ...context.data, known: undefined } });
}
