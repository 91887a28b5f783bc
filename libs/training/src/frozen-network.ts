import { type InputSpec, WinnowError } from '@winnow/contracts';
import type { ForwardResult, Model } from '@winnow/models';
import { tf } from '@winnow/tensor';

/** A network that only answers: evaluation mode, no gradients, nothing changes. */
export interface FrozenNetwork {
  readonly input: InputSpec;
  readonly classCount: number;
  readonly featureDim: number;
  /**
   * @param images normalised by `input`, [batch, size, size, 3]
   * @returns tensors that the caller disposes or tidies
   */
  outputs(images: tf.Tensor4D): ForwardResult;
}

/** The frozen network whose answers a student learns; its logits are in the order of our classes. */
export type FrozenTeacher = FrozenNetwork;

/** The model as it stands; later changes of its weights show. */
export function freezeModel(model: Model, input: InputSpec): FrozenNetwork {
  return {
    input,
    classCount: model.classCount,
    featureDim: model.featureDim,
    outputs: (images) => model.forward(images, { training: false }),
  };
}

/**
 * The teacher with its logits in the order of our classes, which may be fewer than it knows.
 * @param teacherClasses in the order of the teacher's logits
 * @throws WinnowError TEACHER_MISMATCH naming the classes that the teacher does not know, and for a class list of
 *   another length than its logits
 */
export function mapTeacher(
  teacher: FrozenNetwork,
  teacherClasses: readonly string[],
  ourClasses: readonly string[],
): FrozenTeacher {
  if (teacherClasses.length !== teacher.classCount) {
    throw new WinnowError(
      'TEACHER_MISMATCH',
      `the teacher has ${teacher.classCount} outputs, its class list ${teacherClasses.length} names`,
      { where: 'teacher.classes', next: 'Name every output of the teacher, in order.' },
    );
  }
  const columns = ourClasses.map((name) => teacherClasses.indexOf(name));
  const missing = ourClasses.filter((_, index) => columns[index] === -1);
  if (missing.length > 0) {
    throw new WinnowError('TEACHER_MISMATCH', `the teacher does not know the classes ${missing.join(', ')}`, {
      where: 'classes',
      next: `Use classes that it knows: ${teacherClasses.slice(0, 20).join(', ')}.`,
    });
  }
  const isIdentity = columns.length === teacherClasses.length && columns.every((column, index) => column === index);
  return isIdentity ? teacher : { ...teacher, ...withColumns(teacher, columns) };
}

function withColumns(
  teacher: FrozenNetwork,
  columns: readonly number[],
): Pick<FrozenNetwork, 'classCount' | 'outputs'> {
  const selection = new Float32Array(teacher.classCount * columns.length);
  columns.forEach((column, index) => {
    selection[column * columns.length + index] = 1;
  });
  const outputs: FrozenNetwork['outputs'] = (images) =>
    tf.tidy(() => {
      const all = teacher.outputs(images);
      const choose = tf.tensor2d(selection, [teacher.classCount, columns.length]);
      const logits = tf.matMul(all.logits, choose) as tf.Tensor2D;
      return { ...all, logits } as ForwardResult & tf.TensorContainerObject;
    });
  return { classCount: columns.length, outputs };
}
