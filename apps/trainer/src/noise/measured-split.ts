import { measurePlanSettingsSchema, NOISE_KINDS } from '@winnow/contracts';
import type { SplitMeasured } from '@winnow/contracts';
import { correctionsOf, findSplit, latestBuild, listDecisions, listSplitSamples, measurePlanFor } from '@winnow/db';
import type { Database, SplitRecord } from '@winnow/db';
import type { SplitResult } from '@winnow/noise';
import { DecisionLog, looksOfPlan, measureByLooks } from '@winnow/review';
import type { BuildImages } from '../data/load-build-images';
import { fromSplitRows } from './split-rows';

interface FoundSplit {
  readonly record: Pick<SplitRecord, 'id' | 'project' | 'buildId' | 'method' | 'teacherDigest' | 'config'>;
  readonly split: SplitResult;
}

/**
 * What blind looks of people say of a split, or of the one that it was before decisions corrected it: of its own plan, or else of the
 * newest of the same data set.
 * @returns null where nobody measured this data set, and where the split that was measured is gone
 */
export async function measuredSplit(
  db: Database,
  { images, sha256 }: Pick<BuildImages, 'images' | 'sha256'>,
  found: FoundSplit,
): Promise<SplitMeasured | null> {
  const { id, project, buildId } = found.record;
  const plan = await measurePlanFor(db, project, { id, buildId });
  const settings = measurePlanSettingsSchema.safeParse(plan?.settings).data;
  if (plan === undefined || settings === undefined) return null;
  const drawn = plan.splitId === id ? found : await storedSplit(db, images, plan.splitId);
  if (drawn === null) return null;
  // What decisions say is in such a split: its own looks would always find it right.
  const isDecided = correctionsOf(found.record) !== null;
  // Looks at the split of another method or teacher say nothing of what this one was before decisions.
  if (isDecided && !isOfSameMethod(drawn, found)) return null;
  const measured = isDecided ? drawn : found;
  const forgotten = new Set((await latestBuild(db, project, buildId))?.forgottenKeys);
  const { overall, kinds } = measureByLooks({
    plan: { id: plan.id, ...settings },
    looks: looksOfPlan(settings, drawn.split.kinds, (row) => sha256[row] as string),
    log: new DecisionLog(await listDecisions(db, project), images.classes),
    split: {
      kinds: measured.split.kinds,
      probabilityOf: (row, kind) => measured.split.probabilities[row * NOISE_KINDS.length + kind] as number,
      labels: images.labels,
      refinedLabels: measured.split.refinedLabels,
      classes: images.classes,
    },
    isOther: measured.record.id !== plan.splitId,
    isForgotten: (row) => forgotten.has(images.keys[row] as string),
  });
  if (overall === null) return null;
  const isComplete = kinds.every((kind) => kind.isComplete);
  const byKind = kinds.map(({ kind, looked, precision, recall }) => ({ kind, looked, precision, recall }));
  return { splitId: measured.record.id, isComplete, overall, kinds: byKind };
}

function isOfSameMethod({ record: a }: FoundSplit, { record: b }: FoundSplit): boolean {
  return a.method === b.method && a.teacherDigest === b.teacherDigest;
}

async function storedSplit(db: Database, images: BuildImages['images'], id: string): Promise<FoundSplit | null> {
  const record = await findSplit(db, id);
  const rows = record === undefined ? [] : await listSplitSamples(db, id);
  if (record === undefined || rows.length !== images.count) return null;
  return { record, split: fromSplitRows(images, rows) };
}
