import type { ImageSource } from '@winnow/contracts';
import { fitLinearHead, type LinearHead } from '@winnow/noise';
import type { FrozenNetwork } from './frozen-network';
import { predict, type Prediction, type PredictOptions } from './predict';
import { selectImages } from './select-images';
import { requireFeatures } from './unit-features';

/** A linear map from features to logits. */
interface LinearClassifier {
  /** [featureDim, classes] */
  readonly weight: Float32Array;
  /** [classes] */
  readonly bias: Float32Array;
}

export interface FittedClassifier extends LinearClassifier {
  /** Share of the variance of the logits that no linear map of the features explains, 0..1. */
  readonly unexplained: number;
}

export interface RecoveredClassifier extends LinearClassifier {
  /** Pictures that it was found from. */
  readonly pictures: number;
  /**
   * Pictures that `unexplained` was measured on, after a fit to the others; 0 where pictures are plenty, and it was
   * measured on those of the fit.
   */
  readonly heldOut: number;
  /** Share of the variance of the logits that is not in the classifier, 0..1; null where pictures are too few to tell. */
  readonly unexplained: number | null;
}

const FEWEST_PICTURES = 1024;
/** Where pictures are few, each so many-th is kept out of a fit to measure it. */
const FOLDS = 5;
/** Below it the variance that is left says nothing. */
const FEWEST_HELD = 4;

/**
 * The classifier of a network that only answers, from its answers to pictures by least squares: exact, but for rounding,
 * where its logits are a linear map of its features.
 * @param images of which at most twice as many as features, or 1,024, are asked for
 * @throws WinnowError TEACHER_MISMATCH for a network without features; others as predict
 */
export async function recoverClassifier(
  network: FrozenNetwork,
  images: ImageSource,
  watch: Pick<PredictOptions, 'signal' | 'progress'> = {},
): Promise<RecoveredClassifier> {
  requireFeatures(network);
  const count = Math.min(images.count, Math.max(FEWEST_PICTURES, 2 * network.featureDim));
  const rows = Int32Array.from({ length: count }, (_, place) => Math.floor((place * images.count) / count));
  const answers = await predict(network, selectImages(images, rows), watch);
  const fitted = fitClassifier(answers);
  if (count >= 2 * network.featureDim) return { ...fitted, pictures: count, heldOut: 0 };
  // Few pictures are fitted whatever the classifier: only others tell whether it is the network's.
  return { ...fitted, pictures: count, ...measureOnOthers(answers) };
}

/** What a fit to four fifths of the pictures leaves unexplained of the rest. */
function measureOnOthers(answers: Prediction): Pick<RecoveredClassifier, 'heldOut' | 'unexplained'> {
  const [kept, held] = [false, true].map((isHeld) =>
    pickRows(answers, (row) => (row % FOLDS === FOLDS - 1) === isHeld),
  );
  const { count } = held as Prediction;
  if (count < FEWEST_HELD) return { heldOut: count, unexplained: null };
  return { heldOut: count, unexplained: unexplainedShare(headOf(kept as Prediction), held as Prediction) };
}

function pickRows(answers: Prediction, isPicked: (row: number) => boolean): Prediction {
  const { classCount, featureDim } = answers;
  const pick = (values: Float32Array, width: number) => values.filter((_, at) => isPicked(Math.floor(at / width)));
  const logits = pick(answers.logits, classCount);
  return {
    count: logits.length / classCount,
    classCount,
    featureDim,
    logits,
    features: pick(answers.features, featureDim),
  };
}

/** Least squares; features that never change get no weight. */
export function fitClassifier(answers: Prediction): FittedClassifier {
  const { classCount, featureDim } = answers;
  const head = headOf(answers);
  const weight = Float32Array.from({ length: featureDim * classCount }, (_, at) => {
    return (head.weights[at % classCount] as Float64Array)[Math.floor(at / classCount)] as number;
  });
  return { weight, bias: Float32Array.from(head.bias), unexplained: unexplainedShare(head, answers) ?? 0 };
}

function headOf({ classCount, featureDim, features, logits }: Prediction): LinearHead {
  return fitLinearHead({ logits, classCount, features: { values: features, dim: featureDim } });
}

/** Null where the logits do not vary. */
function unexplainedShare({ weights, bias }: LinearHead, answers: Prediction): number | null {
  const { count, classCount, featureDim, features, logits } = answers;
  let [left, all] = [0, 0];
  for (let k = 0; k < classCount; k += 1) {
    const theirs = Float64Array.from({ length: count }, (_, row) => logits[row * classCount + k] as number);
    const mean = theirs.reduce((sum, value) => sum + value / count, 0);
    const weight = weights[k] as Float64Array;
    theirs.forEach((value, row) => {
      let ours = bias[k] as number;
      for (let i = 0; i < featureDim; i += 1)
        ours += (features[row * featureDim + i] as number) * (weight[i] as number);
      left += (value - ours) ** 2;
      all += (value - mean) ** 2;
    });
  }
  return all === 0 ? null : Math.min(1, left / all);
}
