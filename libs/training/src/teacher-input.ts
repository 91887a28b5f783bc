import type { tf } from '@winnow/tensor';
import type { FrozenTeacher } from './frozen-network';
import { inputTensor, type NetworkPixels, sameInput } from './input-tensor';
import type { Student } from './method';

/** The same view for the teacher: the student's tensor where both normalise alike, else one of its own. */
export function teacherInput(
  view: NetworkPixels,
  { pictures, student, teacher }: { pictures: tf.Tensor4D; student: Student; teacher: FrozenTeacher },
): tf.Tensor4D {
  return sameInput(student.input, teacher.input) ? pictures : inputTensor(view, teacher.input);
}
