import { l2Normalize, prototypes } from '@winnow/losses';
import { tf } from '@winnow/tensor';
import { disposeAll } from '../../batch-tensors';
import type { FrozenTeacher } from '../../teacher/frozen-network';
import { type LinearLayer, linearLayer } from '../linear-layer';
import { mapProjector } from '../feature-maps';
import type { MethodContext } from '../../method';
import { predict } from '../../teacher/predict';
import { selectImages } from '../../training-data';

export const EMBEDDING_DIM = 128;
const EMBEDDED_AT_ONCE = 4096;

/** What the paper's method trains or keeps beside the student. */
export interface ModulModules {
  readonly trained: ReadonlyMap<string, tf.Variable>;
  readonly frozen: ReadonlyMap<string, tf.Variable>;
  readonly notes: readonly string[];
  /** Linear to 128, then length 1. @param features [batch, dim] */
  embedStudent(features: tf.Tensor2D): tf.Tensor2D;
  embedTeacher(features: tf.Tensor2D): tf.Tensor2D;
  /** [batch, student dim] to [batch, 4] */
  rotationLogits(features: tf.Tensor2D): tf.Tensor2D;
  /** The student's feature map in the shape of the teacher's. */
  project(featureMap: tf.Tensor4D): tf.Tensor4D;
  /** [classes, 128]; null without clean images. */
  readonly prototypes: tf.Variable<tf.Rank.R2> | null;
}

/** @param cleanRows whose features and given labels make the prototypes */
export async function modulModules(
  context: MethodContext,
  teacher: FrozenTeacher,
  cleanRows: readonly number[],
): Promise<ModulModules> {
  // First, as it refuses what does not fit before anything is made.
  const projector = mapProjector(context, teacher);
  const random = context.random.fork('modules');
  const studentDim = context.student.model.featureDim;
  const embedStudent = linearLayer('embed-student', { inputs: studentDim, outputs: EMBEDDING_DIM }, random);
  const embedTeacher = linearLayer('embed-teacher', { inputs: teacher.featureDim, outputs: EMBEDDING_DIM }, random);
  const rotation = linearLayer('rotation', { inputs: studentDim, outputs: 4 }, random);
  const embed = (layer: LinearLayer) => (features: tf.Tensor2D) => l2Normalize(layer.apply(features));
  const trained = new Map([
    ...embedStudent.variables,
    ...embedTeacher.variables,
    ...rotation.variables,
    ...projector.variables,
  ]);
  const found = cleanPrototypes(context, teacher, { cleanRows, embed: embed(embedTeacher) });
  const centres = await found.catch((error: unknown) => {
    disposeAll(trained);
    throw error;
  });
  return {
    trained,
    frozen: new Map(centres ? [['prototypes', centres]] : []),
    notes: projector.notes,
    embedStudent: embed(embedStudent),
    embedTeacher: embed(embedTeacher),
    rotationLogits: (features) => rotation.apply(features),
    project: (featureMap) => projector.project(featureMap),
    prototypes: centres,
  };
}

/** `c_k = normalise(mean of embed_T(f_T(x)))` over the clean images of each given label, on plain views; null without any. */
async function cleanPrototypes(
  { data: { images }, signal, progress }: MethodContext,
  teacher: FrozenTeacher,
  { cleanRows, embed }: { readonly cleanRows: readonly number[]; embed(features: tf.Tensor2D): tf.Tensor2D },
): Promise<tf.Variable<tf.Rank.R2> | null> {
  if (cleanRows.length === 0) return null;
  const { features, featureDim } = await predict(teacher, selectImages(images, cleanRows), { signal, progress });
  const labels = cleanRows.map((row) => images.labels[row] as number);
  return tf.tidy(() => {
    const embedded: tf.Tensor2D[] = [];
    for (let start = 0; start < labels.length; start += EMBEDDED_AT_ONCE) {
      const part = features.subarray(start * featureDim, (start + EMBEDDED_AT_ONCE) * featureDim);
      embedded.push(tf.tidy(() => embed(tf.tensor2d(part, [part.length / featureDim, featureDim]))));
    }
    return tf.variable(prototypes(tf.concat2d(embedded, 0), labels, images.classes.length), false);
  }) as tf.Variable<tf.Rank.R2>;
}
