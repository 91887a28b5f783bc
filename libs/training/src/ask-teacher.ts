import type { MethodContext } from './method';
import { predict, type Prediction } from './predict';
import { requiredTeacher } from './required-teacher';

/**
 * The teacher's logits of every image of the pool, without features; once for all who ask during the preparation of a run.
 * @throws WinnowError as requiredTeacher and predict
 */
export function askTeacher(context: MethodContext, { mirrored }: { readonly mirrored: boolean }): Promise<Prediction> {
  const { data, asked, signal, progress } = context;
  const answers =
    asked?.get(mirrored) ??
    predict(requiredTeacher(context), data.images, { mirrored, features: false, signal, progress });
  asked?.set(mirrored, answers);
  return answers;
}
