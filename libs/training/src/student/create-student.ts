import { createModel, loadPretrained } from '@winnow/models';
import type { Model, ModelName } from '@winnow/models';
import type { Method, StudentStart } from '../method';
import type { FrozenTeacher } from '../teacher/frozen-network';

export interface StudentRequest {
  readonly model: ModelName;
  readonly teacher: FrozenTeacher | null;
  readonly classCount: number;
  /** Of the run. */
  readonly seed: number;
  /** Default: random weights. */
  readonly start?: StudentStart | undefined;
}

/**
 * The network that a run of the method trains, with fresh weights or those that it starts with: the one asked for, or that with what the method adds
 * to it. Save it under its own name.
 * @throws WinnowError as createModel, loadPretrained and the method's studentModel
 */
export function createStudent(method: Method, { model, teacher, classCount, seed, start }: StudentRequest): Model {
  const name = teacher === null ? model : (method.studentModel?.(model, teacher) ?? model);
  const student = createModel(name, { classCount, seed: `student/${seed}` });
  try {
    if (start !== undefined) loadPretrained(student, start.weights);
    return student;
  } catch (error) {
    student.dispose();
    throw error;
  }
}
