import { NOISE_KINDS, WinnowError } from '@winnow/contracts';
import { kdLoss } from '@winnow/losses';
import { distilSteps } from './distil-steps';
import type { Method, MethodContext, PreparedMethod } from '../method';
import { readSettings } from '../method-settings';
import { requiredSplit } from '../teacher/required-teacher';
import { startStudent } from '../student/start-from-teacher';
import { KD_SETTINGS } from './kd';

const OPEN = NOISE_KINDS.indexOf('open');

/** `kd` without what the split calls open. An epoch is a pass over clean and closed images. */
export const kdKnown: Method = {
  name: 'kd-known',
  summary: "the teacher's outputs (T = 4) on what the split calls clean or closed",
  revision: 1,
  needsTeacher: true,
  needsSplit: true,
  readsDecisions: true,
  split: 'edl-gmm',
  schedule: 'cosine',
  settings: KD_SETTINGS,
  imagesPerEpoch: ({ count, kinds }) => count - (kinds?.open ?? 0),
  prepare,
};

function prepare(context: MethodContext): PreparedMethod {
  const { temperature, start } = readSettings(context, KD_SETTINGS.defaults, KD_SETTINGS.rules);
  const { kinds } = requiredSplit(context);
  const rows = Array.from(kinds, (_, row) => row).filter((row) => kinds[row] !== OPEN);
  if (rows.length === 0) throw nothingKnown(kinds.length);
  return distilSteps(context, {
    rows,
    terms: ({ ours, theirs }) => [{ name: 'kd', weight: 1, value: kdLoss(ours.logits, theirs.logits, temperature) }],
    notes: [
      ...startStudent(context, start),
      `${rows.length} of ${kinds.length} images are drawn: those that the split calls clean or closed.`,
    ],
  });
}

function nothingKnown(count: number): WinnowError {
  return new WinnowError(
    'MISSING_INPUT',
    `the split calls 0 images clean, 0 closed and ${count} open: kd-known draws none of them`,
    { where: 'split', next: 'Choose another split, correct this one, or use method kd, which draws every image.' },
  );
}
