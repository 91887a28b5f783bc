import { createModel, type Model, type ModelName } from '@winnow/models';
import type { FrozenTeacher } from './frozen-network';
import type { Method } from './method';

export interface StudentRequest {
  readonly model: ModelName;
  readonly teacher: FrozenTeacher | null;
  readonly classCount: number;
  /** Of the run. */
  readonly seed: number;
}

/**
 * The network that a run of the method trains, with fresh weights: the one asked for, or that with what the method adds
 * to it. Save it under its own name.
 * @throws WinnowError as createModel and the method's studentModel
 */
export function createStudent(method: Method, { model, teacher, classCount, seed }: StudentRequest): Model {
  const name = teacher === null ? model : (method.studentModel?.(model, teacher) ?? model);
  return createModel(name, { classCount, seed: `student/${seed}` });
}
