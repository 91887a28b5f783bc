import type { ImageSource } from '@winnow/contracts';
import type { FrozenNetwork } from './frozen-network';
import { predict, type Prediction, type PredictOptions } from './predict';
import { selectImages } from './select-images';
import { solveSymmetric } from './solve-symmetric';
import { requireFeatures } from './unit-features';

/** A linear map from features to logits. */
export interface LinearClassifier {
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

interface Matrix {
  readonly columns: number;
  /** Row by row. */
  readonly values: Float64Array;
}

const FEWEST_PICTURES = 1024;
/** Where pictures are few, each so many-th is kept out of a fit to measure it. */
const FOLDS = 5;
/** Below it the variance that is left says nothing. */
const FEWEST_HELD = 4;
/** Relative to the mean variance; only breaks ties between features that always go together. */
const RIDGE = 1e-9;

/**
 * The classifier of a network that only answers, from its answers to pictures by least squares: exact, but for rounding,
 * where its logits are a linear map of its features.
 * @param images at best twice as many as features; more are not asked for
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
  const { count, classCount, featureDim, features, logits } = held as Prediction;
  if (count < FEWEST_HELD) return { heldOut: count, unexplained: null };
  const { weight, bias } = fitClassifier(kept as Prediction);
  const { means } = centre(logits, classCount, count);
  let [left, all] = [0, 0];
  logits.forEach((value, at) => {
    const [row, k] = [Math.floor(at / classCount), at % classCount];
    let answer = bias[k] as number;
    for (let i = 0; i < featureDim; i += 1) answer += (features[row * featureDim + i] as number) * (weight[i * classCount + k] as number); // prettier-ignore
    left += (value - answer) ** 2;
    all += (value - (means[k] as number)) ** 2;
  });
  return { heldOut: count, unexplained: all === 0 ? null : Math.min(1, left / all) };
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

/** Least squares on centred features and logits; features that never change get no weight. */
export function fitClassifier({ count, classCount, featureDim, features, logits }: Prediction): FittedClassifier {
  const [x, y] = [centre(features, featureDim, count), centre(logits, classCount, count)];
  const gram = products(x, x);
  const diagonal = Array.from({ length: featureDim }, (_, column) => column * (featureDim + 1));
  const trace = diagonal.reduce((sum, at) => sum + (gram[at] as number), 0);
  for (const at of diagonal) gram[at] = (gram[at] as number) + ((RIDGE * trace) / featureDim || 1);
  const weight = products(x, y);
  solveSymmetric(gram, weight, featureDim);
  const fitted = (row: Float64Array, k: number): number =>
    row.reduce((sum, value, i) => sum + value * (weight[i * classCount + k] as number), 0);
  const bias = Float32Array.from(y.means, (mean, k) => mean - fitted(x.means, k));
  let [left, all] = [0, 0];
  y.values.forEach((value, at) => {
    const row = Math.floor(at / classCount);
    left += (value - fitted(x.values.subarray(row * featureDim, (row + 1) * featureDim), at % classCount)) ** 2;
    all += value ** 2;
  });
  return { weight: Float32Array.from(weight), bias, unexplained: all === 0 ? 0 : Math.min(1, left / all) };
}

function centre(values: Float32Array, columns: number, count: number): Matrix & { readonly means: Float64Array } {
  const means = new Float64Array(columns);
  values.forEach((value, at) => (means[at % columns] = (means[at % columns] as number) + value / count));
  const centred = Float64Array.from(values, (value, at) => value - (means[at % columns] as number));
  return { columns, values: centred, means };
}

/** A^T B, [columns of A, columns of B] */
function products(a: Matrix, b: Matrix): Float64Array {
  const sums = new Float64Array(a.columns * b.columns);
  a.values.forEach((value, at) => {
    const [to, from] = [(at % a.columns) * b.columns, Math.floor(at / a.columns) * b.columns];
    for (let k = 0; k < b.columns; k += 1) sums[to + k] = (sums[to + k] as number) + value * (b.values[from + k] as number); // prettier-ignore
  });
  return sums;
}
