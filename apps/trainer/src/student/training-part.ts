import { knownLabels } from '@winnow/noise';
import { selectEvidence, selectImages } from '@winnow/training';
import type { TrainingData } from '@winnow/training';
import { toPoolSplit } from '../split/split-pool';
import { selectCorrections, selectSplitRows } from '../split/split-rows';
import type { StudentJob } from './student-job';

/** What the method may see. */
export function trainingPart(
  { pool, split, corrections: { applied } }: Pick<StudentJob, 'pool' | 'split' | 'corrections'>,
  kept: readonly number[] | null,
): TrainingData {
  const images = kept === null ? pool.images : selectImages(pool.images, kept);
  const decided = kept === null ? applied : selectCorrections(applied, kept);
  const found = split === null || kept === null ? split?.split : selectSplitRows(split.split, kept);
  const { otherLabels, ranks, engineCounts } = pool;
  const evidence = { otherLabels, ranks, engineCounts };
  return {
    images,
    evidence: kept === null ? evidence : selectEvidence(evidence, kept),
    split: found ? toPoolSplit(found) : null,
    ...(decided.length > 0 && {
      known: knownLabels(decided, { count: images.count, classCount: images.classes.length }),
    }),
  };
}
