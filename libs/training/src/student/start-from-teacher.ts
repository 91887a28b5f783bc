import { hasProjector, type Model } from '@winnow/models';
import { tf } from '@winnow/tensor';
import type { FrozenTeacher } from '../teacher/frozen-network';
import type { Method, MethodContext } from '../method';
import { requiredTeacher } from '../teacher/required-teacher';
import { oneOf } from '../method-settings';
import type { MethodSettings } from '../method-settings';

/**
 * Gives the student the teacher's weights where it is a part of it: a network of the same family and widths with as
 * many blocks or fewer (ResNet-8 of ResNet-20, ResNet-18 of ResNet-34, WRN-16-2 of WRN-40-2), whose every weight is in
 * the teacher under the same name and in the same shape, with a projector before the classifier in both or in none;
 * strides may differ (MobileNetV2 for small images and for large ones). A residual block adds to what passes by it, so
 * that the first block of each stage goes on about as in the teacher; Sanh et al., "DistilBERT", 2019, section 3, begin
 * with every other layer of theirs.
 * @returns false, and nothing has changed, where it is none
 */
export function startFromTeacher(model: Model, { weights }: Pick<FrozenTeacher, 'weights'>): boolean {
  if (weights === undefined) return false;
  const { parameters, classifierName, columns } = weights;
  return tf.tidy(() => {
    const taken = [...model.parameters].map(([name, variable]) => {
      const theirs = parameters.get(name);
      const isClassifier = columns !== null && name.startsWith(`${classifierName}.`);
      const value = isClassifier && theirs !== undefined ? tf.gather(theirs, [...columns], -1 + theirs.rank) : theirs;
      return { variable, value };
    });
    const fits =
      hasProjector({ parameters }) === hasProjector(model) &&
      taken.every(({ variable, value }) => value?.shape.join() === variable.shape.join());
    if (fits) for (const { variable, value } of taken) variable.assign(value as tf.Tensor);
    return fits;
  }) as unknown as boolean;
}

/** What the setting `start` may be. */
export const START_RULE = oneOf('teacher', 'random');

/** Whether the setting `start` gives the student every weight of its teacher: one of the same architecture. */
export function startsAsTeacher(
  { settings: known }: Pick<Method, 'settings'>,
  settings: MethodSettings,
  { model, teacher }: { readonly model: string; readonly teacher: Pick<FrozenTeacher, 'weights'> | null },
): boolean {
  return (settings['start'] ?? known?.defaults['start']) === 'teacher' && teacher?.weights?.model === model;
}

/**
 * Gives the student the weights that the setting `start` says. Weights that the project names come first.
 * @returns notes for the person
 */
export function startStudent(context: MethodContext, start: string): readonly string[] {
  if (context.student.start !== undefined)
    return start === 'teacher' ? ['It did not begin as a part of the teacher: `student.weights` come first.'] : [];
  if (start !== 'teacher' || !startFromTeacher(context.student.model, requiredTeacher(context))) return [];
  return ['The student began as a part of the teacher, with its weights.'];
}
