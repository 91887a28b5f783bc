import { type ModelName, projectedName } from '@winnow/models';
import type { FrozenTeacher } from './frozen-network';
import { requireFeatures } from './unit-features';

/**
 * The asked network with a projector to the teacher's features.
 * @throws WinnowError TEACHER_MISMATCH for a teacher without features; CONFIG_INVALID for too many of them
 */
export function projectedStudent(asked: ModelName, teacher: FrozenTeacher): ModelName {
  requireFeatures(teacher);
  return projectedName(asked, teacher.featureDim);
}
