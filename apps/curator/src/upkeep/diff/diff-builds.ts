import type { JsonValue } from '@winnow/contracts';
import { countExclusions, latestBuild, listSamples, resolveBuildId } from '@winnow/db';
import type { BuildRecord, Database, SampleRow } from '@winnow/db';
import { jsonLeaves } from '@winnow/files';

/** How something of a name is in one build and in the other. */
export interface Change<Value> {
  readonly name: string;
  readonly before: Value;
  readonly after: Value;
}

/** An image that one of two builds has, or that they label differently. Classes of all its samples, sorted. */
export interface ChangedImage {
  readonly sha256: string;
  /** Empty where it was added. */
  readonly before: readonly string[];
  /** Empty where it was removed. */
  readonly after: readonly string[];
}

export interface BuildDiff {
  readonly before: Pick<BuildRecord, 'id' | 'digest' | 'sampleCount'>;
  readonly after: Pick<BuildRecord, 'id' | 'digest' | 'sampleCount'>;
  /** Each in the order of the digests. */
  readonly added: readonly ChangedImage[];
  readonly removed: readonly ChangedImage[];
  readonly relabelled: readonly ChangedImage[];
  /** Samples by class, of classes that either has, in code-unit order. */
  readonly classes: readonly Change<number>[];
  /** Those without samples have no number. */
  readonly renumbered: readonly Change<number>[];
  /** Images left out or folded, by outcome, where they differ. */
  readonly outcomes: readonly Change<number>[];
  /** Those that differ, by dotted key such as `build.size`; undefined where it is not there. Lists are compared as a whole. */
  readonly settings: readonly {
    readonly key: string;
    readonly before: JsonValue | undefined;
    readonly after: JsonValue | undefined;
  }[];
}

/**
 * Compares two builds of a project as the database knows them; no shard is read. An image may be several samples: those
 * of a world may.
 * @param names as `resolveBuildId` takes them
 * @throws WinnowError MISSING_INPUT, USAGE where a build is not known
 */
export async function diffBuilds(
  db: Database,
  project: string,
  names: readonly [before: string, after: string],
): Promise<BuildDiff> {
  const [before, after] = [await readBuild(db, project, names[0]), await readBuild(db, project, names[1])];
  const images = changes(before.images, after.images, []).map(({ name: sha256, ...rest }) => ({ sha256, ...rest }));
  return {
    before: before.summary,
    after: after.summary,
    added: images.filter((image) => image.before.length === 0),
    removed: images.filter((image) => image.after.length === 0),
    relabelled: images.filter((image) => image.before.length > 0 && image.after.length > 0 && isChanged(image)),
    classes: changes(before.classes, after.classes, 0),
    renumbered: renumberedClasses(before.numbers, after.numbers),
    outcomes: changes(before.outcomes, after.outcomes, 0).filter(isChanged),
    settings: changes<JsonValue | undefined>(before.settings, after.settings, undefined)
      .filter(isChanged)
      .map(({ name: key, ...values }) => ({ key, ...values })),
  };
}

/** Classes of both whose numbers, `cls` in the shards, differ, by their number before. */
export function renumberedClasses(
  before: ReadonlyMap<string, number>,
  after: ReadonlyMap<string, number>,
): readonly Change<number>[] {
  return changes<number | undefined>(before, after, undefined)
    .filter((row): row is Change<number> => row.before !== undefined && row.after !== undefined && isChanged(row))
    .sort((a, b) => a.before - b.before);
}

async function readBuild(db: Database, project: string, name: string) {
  const { id, digest, sampleCount, config } = (await latestBuild(
    db,
    project,
    await resolveBuildId(db, project, name),
  )) as BuildRecord;
  const samples = await listSamples(db, id);
  const images = new Map<string, string[]>();
  const classes = new Map<string, number>();
  for (const { sha256, className } of samples) {
    const known = images.get(sha256);
    if (known === undefined) images.set(sha256, [className]);
    else known.push(className);
    classes.set(className, (classes.get(className) ?? 0) + 1);
  }
  for (const names of images.values()) names.sort();
  return {
    summary: { id, digest, sampleCount },
    ...{ images, classes, outcomes: await countExclusions(db, id), settings: jsonLeaves(config) },
    numbers: new Map(samples.map(({ className, label }: SampleRow) => [className, label])),
  };
}

/** What either has, in code-unit order of the names. @param none of what one of them has not */
function changes<Value>(
  before: ReadonlyMap<string, Value>,
  after: ReadonlyMap<string, Value>,
  none: Value,
): readonly Change<Value>[] {
  const valueIn = (side: ReadonlyMap<string, Value>, name: string): Value =>
    side.has(name) ? (side.get(name) as Value) : none;
  return [...new Set([...before.keys(), ...after.keys()])]
    .sort()
    .map((name) => ({ name, before: valueIn(before, name), after: valueIn(after, name) }));
}

function isChanged({ before, after }: { readonly before: unknown; readonly after: unknown }): boolean {
  return JSON.stringify(before) !== JSON.stringify(after);
}
