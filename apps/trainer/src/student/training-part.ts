import { selectImages } from '@winnow/training';
import type { TrainingData } from '@winnow/training';
import { toPoolSplit } from '../split/split-pool';
import { selectCorrections, selectSplitRows } from '../split/split-rows';
import type { StudentJob } from './student-job';

/** What the method may see. */
export function trainingPart(
  { pool, split }: Pick<StudentJob, 'pool' | 'split'>,
  kept: readonly number[] | null,
): TrainingData {
  if (split === null) return { images: kept === null ? pool.images : selectImages(pool.images, kept), split: null };
  const { applied } = split.corrections;
  if (kept === null) return { images: pool.images, split: toPoolSplit(split.split, applied) };
  return {
    images: selectImages(pool.images, kept),
    split: toPoolSplit(selectSplitRows(split.split, kept), selectCorrections(applied, kept)),
  };
}
