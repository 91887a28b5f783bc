import { countExclusions, latestBuild, listSamples, resolveBuildId } from '@winnow/db';
import type { BuildRecord, Database } from '@winnow/db';
import { diffSamples } from './diff-samples';
import type { SampleDiff } from './diff-samples';
import { changedSettings } from './changed-settings';
import type { ChangedSetting } from './changed-settings';

export interface BuildDiff extends SampleDiff {
  readonly before: Pick<BuildRecord, 'id' | 'digest' | 'sampleCount'>;
  readonly after: Pick<BuildRecord, 'id' | 'digest' | 'sampleCount'>;
  /** Images left out or folded, by outcome, where they differ. */
  readonly outcomes: readonly { readonly name: string; readonly before: number; readonly after: number }[];
  readonly settings: readonly ChangedSetting[];
}

/**
 * Compares two builds of a project as the database knows them; no shard is read.
 * @param names as `resolveBuildId` takes them
 * @throws WinnowError MISSING_INPUT, USAGE where a build is not known
 */
export async function diffBuilds(
  db: Database,
  project: string,
  names: readonly [before: string, after: string],
): Promise<BuildDiff> {
  const [before, after] = [await readBuild(db, project, names[0]), await readBuild(db, project, names[1])];
  const outcomes = [...new Set([...before.outcomes.keys(), ...after.outcomes.keys()])]
    .sort()
    .map((name) => ({ name, before: before.outcomes.get(name) ?? 0, after: after.outcomes.get(name) ?? 0 }));
  return {
    ...diffSamples(before.samples, after.samples),
    before: summaryOf(before.record),
    after: summaryOf(after.record),
    outcomes: outcomes.filter((outcome) => outcome.before !== outcome.after),
    settings: changedSettings(before.record.config, after.record.config),
  };
}

async function readBuild(db: Database, project: string, name: string) {
  const id = await resolveBuildId(db, project, name);
  return {
    record: (await latestBuild(db, project, id)) as BuildRecord,
    samples: await listSamples(db, id),
    outcomes: await countExclusions(db, id),
  };
}

function summaryOf({ id, digest, sampleCount }: BuildRecord): BuildDiff['before'] {
  return { id, digest, sampleCount };
}
