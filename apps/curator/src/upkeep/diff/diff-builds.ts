import type { JsonValue } from '@winnow/contracts';
import { countExclusions, latestBuild, listSamples, resolveBuildId } from '@winnow/db';
import type { BuildRecord, Database } from '@winnow/db';
import { jsonLeaves } from '@winnow/files';
import { diffSamples } from './diff-samples';
import type { SampleDiff } from './diff-samples';

/** A setting that differs; undefined where it is not there. */
interface ChangedSetting {
  /** Such as `build.size`. */
  readonly key: string;
  readonly before: JsonValue | undefined;
  readonly after: JsonValue | undefined;
}

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

/** Settings that differ, in code-unit order of their dotted keys. Lists are compared as a whole. */
function changedSettings(before: JsonValue, after: JsonValue): readonly ChangedSetting[] {
  const [old, now] = [jsonLeaves(before), jsonLeaves(after)];
  return [...new Set([...old.keys(), ...now.keys()])]
    .sort()
    .map((key) => ({ key, before: old.get(key), after: now.get(key) }))
    .filter((setting) => JSON.stringify(setting.before) !== JSON.stringify(setting.after));
}
