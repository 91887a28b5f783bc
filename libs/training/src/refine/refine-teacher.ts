import type { Model } from '@winnow/models';
import { correctLogits, fitLabelModel, type SplitFeatures, type SplitResult } from '@winnow/noise';
import { foldModel, type FrozenTeacher } from '../teacher/frozen-network';
import { predict } from '../teacher/predict';
import { type ChosenFraction, chooseFraction, fractionJudge, type ViewLogits } from './choose-fraction';
import { correctTeacher, refineHead } from './refine-head';
import { crossFit, mixNetworks, type RefinementTask } from './refine-network';
import type { Refinement, RefinementDepth, RefinementReport } from './refinement';

/**
 * Label model and teacher in turn: the label model gives each image a posterior over the classes, copies of the teacher
 * learn it, and each says what it sees in images that it did not learn. How far to follow them, if at all, is what makes the
 * given labels likeliest.
 * @param depth `full` for a teacher of our architectures, `head` for one with features
 * @throws WinnowError as train, predict and fitLabelModel
 */
export async function refineTeacher(depth: RefinementDepth, task: RefinementTask): Promise<Refinement> {
  return depth === 'full' ? refineFully(task) : refineLogits(task);
}

async function refineFully(task: RefinementTask): Promise<Refinement> {
  const { teacher, images, signal, progress } = task;
  const fitted = await crossFit(task);
  try {
    const judge = await fractionJudge(task.input, viewsOf(task), { folds: fitted.folds, signal });
    const chosen = await chooseFraction(judge, fitted.logits);
    const report = reportOf('full', chosen);
    if (chosen.fraction === 0) return unrefined(task, report);
    const refined = mixedTeacher(teacher, fitted.networks, chosen.fraction);
    try {
      const { logits } = await predict(refined, images, { flipped: true, features: false, signal, progress });
      return { teacher: refined, logits, split: splitBy(task, chosen), report };
    } catch (error) {
      refined.dispose();
      throw error;
    }
  } finally {
    for (const network of fitted.networks) network.dispose();
  }
}

function viewsOf({ input, plainLogits }: RefinementTask): ViewLogits {
  return [plainLogits, input.logits];
}

async function refineLogits(task: RefinementTask): Promise<Refinement> {
  const { teacher, input } = task;
  const { chosen, correction } = await refineHead(task);
  const report = reportOf('head', chosen);
  if (chosen.fraction === 0) return unrefined(task, report);
  const { logits: old, features } = input;
  const logits = correctLogits(correction, { logits: old, features: features as SplitFeatures });
  return { teacher: correctTeacher(teacher, correction), logits, split: splitBy(task, chosen), report };
}

function reportOf(depth: RefinementDepth, { fraction, before, after, gain }: ChosenFraction): RefinementReport {
  return { depth, fraction, before, after, gain };
}

function unrefined({ input }: RefinementTask, report: RefinementReport): Refinement {
  return { teacher: null, logits: input.logits, split: fitLabelModel(input).split, report };
}

/** By what was said of images by those that did not learn them. */
function splitBy({ input }: RefinementTask, { logits }: ChosenFraction): SplitResult {
  return fitLabelModel({ ...input, logits }).split;
}

function mixedTeacher(teacher: FrozenTeacher, networks: readonly Model[], fraction: number): FrozenTeacher {
  const model = mixNetworks(teacher, networks, fraction);
  const frozen = foldModel(model, teacher.input);
  const dispose = (): void => {
    frozen.dispose();
    model.dispose();
  };
  return { ...frozen, dispose };
}
