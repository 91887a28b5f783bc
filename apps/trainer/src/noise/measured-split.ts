import { NOISE_KINDS } from '@winnow/contracts';
import type { DecisionLogLine, SplitMeasured } from '@winnow/contracts';
import { correctionsOf, findSplit, latestBuild, listDecisions, listSplitSamples, measurePlanFor } from '@winnow/db';
import type { Database, SplitRecord } from '@winnow/db';
import type { SplitResult } from '@winnow/noise';
import { measureSplit, splitMeasured } from '@winnow/review';
import type { SplitToMeasure } from '@winnow/review';
import type { BuildImages } from '../data/load-build-images';
import { fromSplitRows } from './split-rows';

interface FoundSplit {
  readonly record: Pick<SplitRecord, 'id' | 'project' | 'buildId' | 'method' | 'teacherDigest' | 'config'>;
  readonly split: SplitResult;
}

/**
 * What blind looks of people say of a split (`measureSplit`); null where nobody measured it.
 * @param log of decisions; default: it is read
 */
export async function measuredSplit(
  db: Database,
  { images, sha256 }: Pick<BuildImages, 'images' | 'sha256'>,
  found: FoundSplit,
  log?: readonly DecisionLogLine[],
): Promise<SplitMeasured | null> {
  const { id, project, buildId } = found.record;
  const build = await latestBuild(db, project, buildId);
  const measure = await measureSplit(toMeasure(images, found), {
    plan: () => measurePlanFor(db, project, { id, buildId }),
    async split(other) {
      const record = await findSplit(db, other);
      const rows = record === undefined ? [] : await listSplitSamples(db, other);
      if (record === undefined || rows.length !== images.count) return null;
      return toMeasure(images, { record, split: fromSplitRows(images, rows) });
    },
    decisions: () => (log === undefined ? listDecisions(db, project) : Promise.resolve(log)),
    forgottenKeys: () => Promise.resolve(build?.forgottenKeys ?? []),
    keyOf: (row) => images.keys[row] as string,
    digestOf: (row) => sha256[row] as string,
  });
  return splitMeasured(measure, build);
}

function toMeasure(images: BuildImages['images'], { record, split }: FoundSplit): SplitToMeasure {
  const { id, method, teacherDigest } = record;
  return {
    ...{ id, method, teacherDigest, isCorrected: correctionsOf(record) !== null },
    says: {
      kinds: split.kinds,
      probabilityOf: (row, kind) => split.probabilities[row * NOISE_KINDS.length + kind] as number,
      labels: images.labels,
      refinedLabels: split.refinedLabels,
      classes: images.classes,
    },
  };
}
