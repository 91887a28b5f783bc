import { correctionsOf, findSplit, latestBuild, listDecisions, listSplitSamples, measurePlanFor } from '@winnow/db';
import type { Database, SampleRow, SplitRecord, SplitRow } from '@winnow/db';
import { measureSplit, splitSays } from '@winnow/review';
import type { MeasureOfSplit, SplitToMeasure } from '@winnow/review';

export interface StoredSplit {
  readonly split: Pick<SplitRecord, 'id' | 'project' | 'buildId' | 'method' | 'teacherDigest' | 'config'>;
  readonly rows: readonly SplitRow[];
  /** Of its data set, in their order. */
  readonly samples: readonly Pick<SampleRow, 'key' | 'sha256' | 'label'>[];
  readonly classes: readonly string[];
}

/** What blind looks of people say of a stored split; null where nobody measured its data set. */
export function measureStoredSplit(
  db: Database,
  { split, rows, samples, classes }: StoredSplit,
): Promise<MeasureOfSplit | null> {
  const labels = samples.map(({ label }) => label);
  const toMeasure = (record: StoredSplit['split'], verdicts: readonly SplitRow[]): SplitToMeasure | null => {
    const byKey = new Map(verdicts.map((verdict) => [verdict.key, verdict]));
    const ordered = samples.flatMap(({ key }) => byKey.get(key) ?? []);
    if (ordered.length !== samples.length) return null;
    const { id, method, teacherDigest } = record;
    const says = splitSays(ordered, labels, classes);
    return { id, method, teacherDigest, isCorrected: correctionsOf(record) !== null, says };
  };
  const found = toMeasure(split, rows);
  if (found === null) return Promise.resolve(null);
  return measureSplit(found, {
    plan: () => measurePlanFor(db, split.project, split),
    async split(id) {
      const record = await findSplit(db, id);
      return record === undefined ? null : toMeasure(record, await listSplitSamples(db, id));
    },
    decisions: () => listDecisions(db, split.project),
    forgottenKeys: async () => (await latestBuild(db, split.project, split.buildId))?.forgottenKeys ?? [],
    keyOf: (row) => samples[row]?.key ?? '',
    digestOf: (row) => samples[row]?.sha256 ?? '',
  });
}
