import { WinnowError } from '@winnow/contracts';
import type { MethodContext } from '../method';
import type { PoolSplit } from '../training-data';
import type { FrozenTeacher } from './frozen-network';
import { predict } from './predict';
import type { KeptOutputs, Prediction } from './predict';

/**
 * The context's teacher.
 * @throws WinnowError MISSING_INPUT without one; TEACHER_MISMATCH unless its outputs are the student's classes
 */
export function requiredTeacher({ teacher, student }: MethodContext): FrozenTeacher {
  if (teacher === null) {
    throw new WinnowError('MISSING_INPUT', 'this method needs a teacher', {
      where: 'teacher',
      next: 'Name the teacher in the project file.',
    });
  }
  if (teacher.classCount === student.model.classCount) return teacher;
  throw new WinnowError(
    'TEACHER_MISMATCH',
    `the teacher has ${teacher.classCount} outputs, the student ${student.model.classCount}`,
    { where: 'teacher', next: "Map the teacher's classes to the project's." },
  );
}

/** The context's split. @throws WinnowError MISSING_INPUT without one; SHAPE_MISMATCH for one of other images */
export function requiredSplit({ data: { images, split } }: MethodContext): PoolSplit {
  if (split === null) {
    throw new WinnowError('MISSING_INPUT', 'this method needs a split of the pool into clean, closed and open', {
      where: 'split',
      next: 'Run `winnow split` first.',
    });
  }
  if (split.kinds.length === images.count) return split;
  throw new WinnowError('SHAPE_MISMATCH', `the split is of ${split.kinds.length} images, not ${images.count}`, {
    where: 'split',
    next: 'Run `winnow split` again for this data set.',
  });
}

/**
 * The teacher's logits of every image of the pool, without features; once for all who ask during the preparation of a run.
 * @throws WinnowError as askTeacher
 */
export function teacherOutputs(
  context: MethodContext,
  { flipped }: { readonly flipped: boolean },
): Promise<Prediction> {
  const outputs = context.asked?.get(flipped) ?? askTeacher(context, { flipped, features: false });
  context.asked?.set(flipped, outputs);
  return outputs;
}

/**
 * What the teacher says of every image of the pool, read where that is kept.
 * @throws WinnowError as requiredTeacher and predict; SHAPE_MISMATCH where what is kept is of another pool
 */
export async function askTeacher(context: MethodContext, asked: Parameters<KeptOutputs>[0]): Promise<Prediction> {
  const { data, keptOutputs, signal, progress } = context;
  const teacher = requiredTeacher(context);
  const kept = (await keptOutputs?.(asked)) ?? null;
  if (kept === null) return predict(teacher, data.images, { ...asked, signal, progress });
  if (kept.count === data.images.count) return kept;
  throw new WinnowError('SHAPE_MISMATCH', `there are outputs for ${kept.count} images, not ${data.images.count}`, {
    where: 'keptOutputs',
    next: 'Give those of the very images that are learnt from.',
  });
}
