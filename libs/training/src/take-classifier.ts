import { WinnowError } from '@winnow/contracts';
import { hasProjector } from '@winnow/models';
import { tf } from '@winnow/tensor';
import { commonSides } from './align-maps';
import { mapShapes } from './map-projector';
import { meanMapFeatures } from './mean-map-features';
import type { MethodContext } from './method';
import { type RecoveredClassifier, recoverClassifier } from './recover-classifier';
import { requiredTeacher } from './required-teacher';

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

function classifierNotes({ pictures, heldOut, unexplained }: RecoveredClassifier, featureDim: number): string[] {
  const few = `${pictures} pictures are few for a classifier of ${featureDim} features`;
  const remedy = `Use at least ${2 * featureDim} pictures, or method kd.`;
  if (unexplained === null) return [`${few}, and too few to tell whether it is the teacher's. ${remedy}`];
  if (unexplained <= ROUNDING) return [];
  const share = (unexplained * 100).toPrecision(2);
  if (heldOut === 0) {
    return [`The teacher's outputs are no linear map of the means of its last feature map: ${share} % of their variance is not in the classifier.`]; // prettier-ignore
  }
  return [`${few}: on ${heldOut} that were kept out of the fit it misses ${share} % of the variance of the teacher's outputs. ${remedy}`]; // prettier-ignore
}

function assign({ student: { model } }: MethodContext, part: 'weight' | 'bias', values: Float32Array): void {
  const variable = model.parameters.get(`${model.classifierName}.${part}`);
  if (variable === undefined) throw new WinnowError('INTERNAL', `${model.name} has no ${model.classifierName}.${part}`);
  tf.tidy(() => variable.assign(tf.tensor(values, variable.shape)));
}
