import type { ForwardResult } from '@winnow/models';
import { correctLogits, fitLabelModel, fitLogitCorrection, indexRows, meanCorrection } from '@winnow/noise';
import type { LogitCorrection, SplitFeatures, SplitInput } from '@winnow/noise';
import { tf } from '@winnow/tensor';
import type { FrozenTeacher } from '../teacher/frozen-network';
import { chooseFraction, fractionJudge } from './choose-fraction';
import type { ChosenFraction } from './choose-fraction';
import { posteriorTargets, refinementFolds, selectInput } from './fold-data';
import { betweenFits, heldOutLikelihoods } from './held-out';
import type { RefinementTask } from './refine-network';

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
 * @throws WinnowError as heldOutLikelihoods
 */
export async function refineHead({
  images,
  input,
  random,
  signal,
}: Pick<RefinementTask, 'images' | 'input' | 'random' | 'signal'>): Promise<HeadRefinement> {
  const { seed } = input;
  const folds = refinementFolds(images.count, random.fork('folds'));
  const pools: FoldPool[] = [];
  for (const rows of folds) {
    await betweenFits(signal);
    pools.push(poolOf(input, rows));
  }
  const judge = await fractionJudge(input, [input.logits], { folds, signal });
  const candidates: { corrections: LogitCorrection[]; logits: Float32Array; likelihood: number }[] = [];
  for (const ridge of RIDGES) {
    const corrections: LogitCorrection[] = [];
    for (const pool of pools) {
      await betweenFits(signal);
      corrections.push(fitLogitCorrection(pool, { ridge, seed }));
    }
    const logits = correctOthers(corrections, pools);
    const likelihoods = await heldOutLikelihoods({ ...input, logits }, judge);
    candidates.push({ corrections, logits, likelihood: likelihoods.reduce((sum, value) => sum + value, 0) });
  }
  const best = candidates.reduce((a, b) => (b.likelihood > a.likelihood ? b : a));
  const chosen = await chooseFraction(judge, [best.logits]);
  return { chosen, correction: meanCorrection(best.corrections, chosen.fraction) };
}

type FoldPool = ReturnType<typeof poolOf>;

/** What a fold's correction learns. */
function poolOf(input: SplitInput, rows: Int32Array) {
  const { classCount } = input;
  const own = selectInput(input, rows);
  const labelModel = fitLabelModel(own);
  const { temperature } = labelModel;
  const targets = posteriorTargets(labelModel, own.logits, classCount);
  return { rows, logits: own.logits, features: own.features as SplitFeatures, targets, classCount, temperature };
}

/** Logits of all images, each corrected by what did not learn it, [count, classCount] */
function correctOthers(corrections: readonly LogitCorrection[], pools: readonly FoldPool[]): Float32Array {
  const logits = new Float32Array(pools.reduce((sum, pool) => sum + pool.logits.length, 0));
  corrections.forEach((correction, fold) => {
    pools.forEach((pool, other) => {
      if (other === fold) return;
      indexRows(logits, correctLogits(correction, pool), { rows: pool.rows, width: pool.classCount });
    });
  });
  return logits;
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
        return { ...said, logits: tf.add(said.logits, added) } as ForwardResult & tf.TensorContainerObject;
      }),
    dispose: () => tf.dispose([matrix, offset]),
  };
}
