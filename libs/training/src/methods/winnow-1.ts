import { askTeacher } from '../ask-teacher';
import {
  ANSWER_DEFAULTS,
  ANSWER_RULES,
  answeredSteps,
  checkAnsweredBatch,
  DRAWN_TOO_FREELY,
  viewsOfAnswers,
} from '../answered-steps';
import type { Method, MethodContext, PreparedMethod } from '../method';
import { readSettings } from '../read-settings';
import { requiredTeacher } from '../required-teacher';
import { rowTensor } from '../row-tensor';
import { startStudent } from '../start-from-teacher';

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
  settings: { defaults: ANSWER_DEFAULTS, rules: ANSWER_RULES },
  recipe: { nesterov: true, warmUp: 0.05 },
  viewsOf: (settings) => readSettings({ settings }, ANSWER_DEFAULTS, ANSWER_RULES).views,
  checkBatch: (asked) => checkAnsweredBatch(asked, readSettings(asked, ANSWER_DEFAULTS, ANSWER_RULES)),
  prepare,
};

async function prepare(context: MethodContext): Promise<PreparedMethod> {
  const teacher = requiredTeacher(context);
  const settings = readSettings(context, ANSWER_DEFAULTS, ANSWER_RULES);
  const { isMild } = viewsOfAnswers(context, settings.shift);
  const asked = settings.answers === 'mean' && isMild ? await askTeacher(context, { mirrored: true }) : null;
  const known = asked && {
    of: (rows: Int32Array) => rowTensor(asked.logits, { rows, width: asked.classCount }),
  };
  const steps = answeredSteps(context, { settings, known, teacher });
  return {
    ...steps,
    notes: [...(isMild ? [] : [DRAWN_TOO_FREELY]), ...startStudent(context, settings.start), ...steps.notes],
    dispose: () => undefined,
  };
}
