import { WinnowError } from '@winnow/contracts';
import type { ImageSource } from '@winnow/contracts';
import { hasProjector, projectedName } from '@winnow/models';
import type { ModelName } from '@winnow/models';
import { fitLinearHead } from '@winnow/noise';
import type { LinearHead } from '@winnow/noise';
import { tf } from '@winnow/tensor';
import type { MethodContext } from '../method';
import type { FrozenNetwork, FrozenTeacher } from '../teacher/frozen-network';
import { predict } from '../teacher/predict';
import type { Prediction, PredictOptions } from '../teacher/predict';
import { requiredTeacher } from '../teacher/required-teacher';
import { requireFeatures } from '../teacher/unit-features';
import { selectImages } from '../training-data';
import { commonSides, mapShapes, meanMapFeatures } from './feature-maps';

/** Below it what a least-squares classifier leaves unexplained is rounding. */
const ROUNDING = 1e-4;

/**
 * Gives the student, which has a projector to the teacher's features, the teacher's classifier in place of its own.
 * @returns notes for the person
 * @throws WinnowError INTERNAL for a student without a projector; TEACHER_MISMATCH for a teacher of other features, or
 *   of other features than its map has channels
 */
export async function takeClassifier(context: MethodContext): Promise<readonly string[]> {
  const teacher = requiredTeacher(context);
  const { model } = context.student;
  if (!hasProjector(model)) {
    throw new WinnowError('INTERNAL', `${model.name} has no projector to the teacher's features`, {
      next: "Make the student by the name that the method's studentModel gives.",
    });
  }
  if (model.featureDim !== teacher.featureDim) {
    throw new WinnowError(
      'TEACHER_MISMATCH',
      `the student's projector gives ${model.featureDim} features, the teacher has ${teacher.featureDim}`,
      { where: model.name, next: 'Use the teacher that the student was made for.' },
    );
  }
  // Before the teacher is asked for the pool.
  const { ours, theirs } = mapShapes(context, teacher);
  commonSides(ours, theirs);
  if (theirs[2] !== teacher.featureDim) {
    throw new WinnowError(
      'TEACHER_MISMATCH',
      `the teacher's last feature map has ${theirs[2]} channels, and its classifier reads ${teacher.featureDim} features: no classifier of the map's can be taken over`,
      { where: 'teacher.weights', next: 'Choose another method, such as winnow or kd.' },
    );
  }
  const { data, signal, progress } = context;
  const recovered = await recoverClassifier(meanMapFeatures(teacher), data.images, { signal, progress });
  const { weight, bias } = recovered;
  assign(context, 'weight', weight);
  assign(context, 'bias', bias);
  return [
    `The student keeps a projector and the teacher's classifier: ${model.name}, ${model.parameterCount} parameters.`,
    ...classifierNotes(recovered, teacher.featureDim),
  ];
}

function classifierNotes({ images: count, heldOut, unexplained }: RecoveredClassifier, featureDim: number): string[] {
  const few = `${count} images are few for a classifier of ${featureDim} features`;
  const remedy = `Use at least ${2 * featureDim} images, or method kd.`;
  if (unexplained === null) return [`${few}, and too few to tell whether it is the teacher's. ${remedy}`];
  if (unexplained <= ROUNDING) return [];
  const fraction = (unexplained * 100).toPrecision(2);
  if (heldOut === 0) {
    return [`The teacher's outputs are no linear map of the means of its last feature map: ${fraction} % of their variance is not in the classifier.`]; // prettier-ignore
  }
  return [`${few}: on ${heldOut} that were kept out of the fit it misses ${fraction} % of the variance of the teacher's outputs. ${remedy}`]; // prettier-ignore
}

function assign({ student: { model } }: MethodContext, part: 'weight' | 'bias', values: Float32Array): void {
  const variable = model.parameters.get(`${model.classifierName}.${part}`);
  if (variable === undefined) throw new WinnowError('INTERNAL', `${model.name} has no ${model.classifierName}.${part}`);
  tf.tidy(() => variable.assign(tf.tensor(values, variable.shape)));
}

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
  /** Images that it was found from. */
  readonly images: number;
  /**
   * Images that `unexplained` was measured on, after a fit to the others; 0 where images are plenty, and it was
   * measured on those of the fit.
   */
  readonly heldOut: number;
  /** Share of the variance of the logits that is not in the classifier, 0..1; null where images are too few to tell. */
  readonly unexplained: number | null;
}

const MIN_IMAGES = 1024;
/** Where images are few, each so many-th is kept out of a fit to measure it. */
const FOLDS = 5;
/** Below it the variance that is left says nothing. */
const MIN_HELD = 4;

/**
 * The classifier of a network that only answers, from its answers to images by least squares: exact, but for rounding,
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
  const count = Math.min(images.count, Math.max(MIN_IMAGES, 2 * network.featureDim));
  const rows = Int32Array.from({ length: count }, (_, index) => Math.floor((index * images.count) / count));
  const outputs = await predict(network, selectImages(images, rows), watch);
  const fitted = fitClassifier(outputs);
  if (count >= 2 * network.featureDim) return { ...fitted, images: count, heldOut: 0 };
  // Few images are fitted whatever the classifier: only others tell whether it is the network's.
  return { ...fitted, images: count, ...measureOnOthers(outputs) };
}

/** What a fit to four fifths of the images leaves unexplained of the rest. */
function measureOnOthers(outputs: Prediction): Pick<RecoveredClassifier, 'heldOut' | 'unexplained'> {
  const [kept, held] = [false, true].map((isHeld) =>
    pickRows(outputs, (row) => (row % FOLDS === FOLDS - 1) === isHeld),
  );
  const { count } = held as Prediction;
  if (count < MIN_HELD) return { heldOut: count, unexplained: null };
  return { heldOut: count, unexplained: unexplainedFraction(headOf(kept as Prediction), held as Prediction) };
}

function pickRows(outputs: Prediction, isPicked: (row: number) => boolean): Prediction {
  const { classCount, featureDim } = outputs;
  const pick = (values: Float32Array, width: number) => values.filter((_, at) => isPicked(Math.floor(at / width)));
  const logits = pick(outputs.logits, classCount);
  return {
    count: logits.length / classCount,
    classCount,
    featureDim,
    logits,
    features: pick(outputs.features, featureDim),
  };
}

/** Least squares; features that never change get no weight. */
export function fitClassifier(outputs: Prediction): FittedClassifier {
  const { classCount, featureDim } = outputs;
  const head = headOf(outputs);
  const weight = Float32Array.from({ length: featureDim * classCount }, (_, at) => {
    return (head.weights[at % classCount] as Float64Array)[Math.floor(at / classCount)] as number;
  });
  return { weight, bias: Float32Array.from(head.bias), unexplained: unexplainedFraction(head, outputs) ?? 0 };
}

function headOf({ classCount, featureDim, features, logits }: Prediction): LinearHead {
  return fitLinearHead({ logits, classCount, features: { values: features, dim: featureDim } });
}

/** Null where the logits do not vary. */
function unexplainedFraction({ weights, bias }: LinearHead, outputs: Prediction): number | null {
  const { count, classCount, featureDim, features, logits } = outputs;
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

/**
 * The asked network with a projector to the teacher's features.
 * @throws WinnowError TEACHER_MISMATCH for a teacher without features; CONFIG_INVALID for too many of them
 */
export function projectedStudent(asked: ModelName, teacher: FrozenTeacher): ModelName {
  requireFeatures(teacher);
  return projectedName(asked, teacher.featureDim);
}
