import {
  OUTPUT_DEFAULTS,
  OUTPUT_RULES,
  answeredSteps,
  checkAnsweredBatch,
  DRAWN_TOO_FREELY,
  viewsOfOutputs,
} from './answered-steps';
import { describeDecidedLogits } from './decided-logits';
import { imagesOfBatch } from '../method';
import type { BatchRequest, Method, MethodContext, PreparedMethod } from '../method';
import { readSettings } from '../method-settings';
import { RefinedTeacher } from '../refine/refined-teacher';
import { REFINE_DEFAULTS, REFINE_RULES } from '../refine/refinement-plan';
import { startStudent } from '../student/start-from-teacher';

const DEFAULTS = { ...OUTPUT_DEFAULTS, ...REFINE_DEFAULTS };
const RULES = { ...OUTPUT_RULES, ...REFINE_RULES };
/** Muon pays by more updates: with two views it is hardly better than SGD over 20 epochs. */
const VIEWS_OF_MUON = 3;
/** Share of a batch that these must fill: parts of powers of two hold few threes. */
const FILLED = 0.9;

function settingsOf(asked: BatchRequest) {
  const { batch, optimizer } = asked;
  const isThree = optimizer === 'muon' && imagesOfBatch(asked, VIEWS_OF_MUON) * VIEWS_OF_MUON >= FILLED * batch;
  return readSettings(asked, isThree ? { ...DEFAULTS, views: VIEWS_OF_MUON } : DEFAULTS, RULES);
}

/**
 * The default: the student learns what the teacher says, as in `winnow-1`; with `refine` the teacher is first refined by what
 * the label model makes of the given labels, and the student begins as a part of the refined one, where it is one.
 */
export const winnow: Method = {
  name: 'winnow',
  summary: "the teacher's mean logits for every image and its mirror image, for several views of it; on request of a teacher refined by the labels", // prettier-ignore
  revision: 4,
  needsTeacher: true,
  needsSplit: false,
  readsDecisions: true,
  split: 'winnow',
  schedule: 'cosine',
  settings: { defaults: DEFAULTS, rules: RULES },
  recipe: { optimizer: 'muon', nesterov: true, warmUp: 0.05 },
  viewsOf: (asked) => settingsOf(asked).views,
  refinementOf: (settings) => readSettings({ settings }, DEFAULTS, RULES),
  checkBatch: (asked) => checkAnsweredBatch(asked, settingsOf(asked)),
  prepare,
};

async function prepare(context: MethodContext): Promise<PreparedMethod> {
  const settings = settingsOf(context);
  const { isMild } = viewsOfOutputs(context, settings.shift);
  const isAskedOnce = settings.answers === 'mean' && isMild;
  const refined = await RefinedTeacher.make(context, { ...settings, isAskedOnce });
  try {
    const { teacher } = refined;
    const steps = answeredSteps(context, {
      settings,
      known: isAskedOnce ? refined : null,
      teacher,
      decided: context.data.known,
    });
    const startNotes = startStudent({ ...context, teacher }, settings.start);
    const decided = describeDecidedLogits(context.data);
    return {
      ...steps,
      frozen: refined.kept,
      get notes() {
        const freely = isMild ? [] : [DRAWN_TOO_FREELY];
        return [...refined.notes(), ...decided, ...freely, ...startNotes, ...steps.notes];
      },
      dispose: () => refined.dispose(),
    };
  } catch (error) {
    refined.dispose();
    throw error;
  }
}
