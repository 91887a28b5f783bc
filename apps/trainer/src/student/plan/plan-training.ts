import type { ProjectConfig } from '@winnow/config';
import { NOISE_KINDS } from '@winnow/contracts';
import { METHODS, startsAsTeacher } from '@winnow/training';
import type { PoolCounts } from '@winnow/training';
import { selectCorrections } from '../../noise/split-rows';
import { heldOutOf } from '../training-part';
import type { StudentJob } from '../student-job';
import { trainingPlan } from './training-plan';
import type { TrainingPlan } from './training-plan';

/** The plan of a project's training, with what is known once its pool is read and split. */
export function planTraining(
  { train, student }: Pick<ProjectConfig, 'train' | 'student'>,
  {
    pool,
    teacher,
    split,
    corrections,
    test,
    start,
  }: Pick<StudentJob, 'pool' | 'teacher' | 'split' | 'corrections' | 'test' | 'start'>,
): TrainingPlan {
  const kept = heldOutOf({ pool, teacher, test })?.kept ?? null;
  return trainingPlan(train, {
    model: student.model,
    isPretrained: start !== null,
    hasRandomHead: start?.head === 'random',
    startsAsTeacher: startsAsTeacher(METHODS[train.method], train.settings?.[train.method] ?? {}, {
      model: student.model,
      teacher: teacher?.frozen ?? null,
    }),
    pool: {
      ...countPool(pool.images.count, split?.split.kinds ?? null, kept),
      decidedOpen: (kept === null ? corrections.applied : selectCorrections(corrections.applied, kept)).filter(
        ({ truth }) => truth === 'open',
      ).length,
    },
  });
}

/** @param kept rows that are learnt from; null for all */
export function countPool(count: number, kinds: ArrayLike<number> | null, kept: readonly number[] | null): PoolCounts {
  if (kinds === null) return { count: kept?.length ?? count, kinds: null };
  const counts = [0, 0, 0];
  for (const row of kept ?? Array.from(kinds, (_, index) => index)) {
    const kind = kinds[row] as number;
    counts[kind] = (counts[kind] as number) + 1;
  }
  const [clean = 0, closed = 0, open = 0] = NOISE_KINDS.map((_, index) => counts[index]);
  return { count: kept?.length ?? count, kinds: { clean, closed, open } };
}
