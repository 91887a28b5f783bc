import {
  correctLogits,
  fitLabelModel,
  fitLogitCorrection,
  heldOutLikelihoods,
  type LogitCorrection,
  meanCorrection,
} from '@winnow/noise';
import { tf } from '@winnow/tensor';
import { withLogits } from '@winnow/models';
import type { ForwardResult } from '@winnow/models';
import type { FrozenTeacher } from '../frozen-network';
import { chooseFraction, type ChosenFraction, fractionJudge } from './choose-fraction';
import { posteriorTargets } from './posterior-targets';
import { refinementFolds } from './refinement-folds';
import type { RefinementTask } from './refine-network';
import { placeRows, selectInput } from './select-input';

/** Images that a weight must convince. */
const RIDGES = [10, 100, 1000];

/** A correction of the logits by the features, as cross-fitting chose it. */
export interface HeadRefinement {
  readonly chosen: ChosenFraction;
  readonly correction: LogitCorrection;
}

/**
 * A linear classifier of the teacher's features, added to its logits and fitted to each fold's posterior; ridge and fraction
 * are those under which the labels of the other folds are likeliest.
 * @throws WinnowError as fitLabelModel
 */
export function refineHead({
  images,
  input,
  random,
}: Pick<RefinementTask, 'images' | 'input' | 'random'>): HeadRefinement {
  const { classCount, seed } = input;
  const folds = refinementFolds(images.count, random.fork('folds'));
  const learnt = folds.map((rows) => {
    const own = selectInput(input, rows);
    const { temperature, ...labelModel } = fitLabelModel(own);
    const targets = posteriorTargets({ ...labelModel, temperature }, own.logits, classCount);
    return { logits: own.logits, features: own.features as NonNullable<typeof own.features>, targets, classCount, temperature }; // prettier-ignore
  });
  const judge = fractionJudge(input, [input.logits], folds);
  const candidates = RIDGES.map((ridge) => {
    const corrections = learnt.map((pool) => fitLogitCorrection(pool, { ridge, seed }));
    const logits = new Float32Array(input.logits.length);
    corrections.forEach((correction, fold) => {
      folds.forEach((rows, other) => {
        if (other === fold) return;
        const { logits: old, features } = learnt[other] as (typeof learnt)[number];
        placeRows(logits, correctLogits(correction, { logits: old, features }), { rows, width: classCount });
      });
    });
    const likelihoods = heldOutLikelihoods({ ...input, logits }, folds);
    return { corrections, logits, likelihood: likelihoods.reduce((sum, value) => sum + value, 0) };
  });
  const best = candidates.reduce((a, b) => (b.likelihood > a.likelihood ? b : a));
  const chosen = chooseFraction(judge, [best.logits]);
  return { chosen, correction: meanCorrection(best.corrections, chosen.fraction) };
}

/** The teacher with its logits corrected. It shares the teacher: dispose of this for what it adds. */
export function correctTeacher(teacher: FrozenTeacher, { weights, bias }: LogitCorrection): FrozenTeacher {
  const { classCount, featureDim } = teacher;
  const [matrix, offset] = [
    tf.tensor2d(Float32Array.from(weights), [classCount, featureDim]),
    tf.tensor1d(Float32Array.from(bias)),
  ];
  const { weights: _weights, ...shared } = teacher;
  return {
    ...shared,
    outputs: (images) =>
      tf.tidy(() => {
        const said = teacher.outputs(images);
        const added = tf.add(tf.matMul(said.features, matrix, false, true), offset);
        return withLogits(said, tf.add(said.logits, added) as tf.Tensor2D) as ForwardResult & tf.TensorContainerObject;
      }),
    dispose: () => tf.dispose([matrix, offset]),
  };
}
