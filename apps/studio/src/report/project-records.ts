import type { ProjectConfig } from '@winnow/config';
import { WinnowError } from '@winnow/contracts';
import type { SplitMeasured } from '@winnow/contracts';
import {
  correctionsOf,
  decisionsSince,
  latestBuild,
  listBuilds,
  listExclusions,
  listFinishedRuns,
  listProjectImages,
  listSamples,
  listSplits,
  listSplitSamples,
} from '@winnow/db';
import type {
  BuildRecord,
  Database,
  ExclusionRow,
  RunRow,
  SampleRow,
  SplitRecord,
  SplitRow,
  StoredImage,
} from '@winnow/db';
import { splitMeasured } from '@winnow/review';
import { measureStoredSplit } from '../measure/measure-stored-split';

/** What the database knows of a project's newest build. */
export interface ProjectRecords {
  readonly config: ProjectConfig;
  readonly db: Database;
  readonly build: BuildRecord | undefined;
  /** The one that the report shows. */
  readonly split: SplitRecord | undefined;
  /** All of the build, newest first. */
  readonly splits: readonly SplitRecord[];
  /** In the order of the build. */
  readonly samples: readonly SampleRow[];
  /** Sorted by key. */
  readonly splitRows: readonly SplitRow[];
  /** What people measured of that split; null where nobody did. */
  readonly measured: SplitMeasured | null;
  readonly runRows: readonly RunRow[];
  /** Every original of the project, sorted by digest. */
  readonly originals: readonly StoredImage[];
  /** What the build left out. */
  readonly exclusions: readonly ExclusionRow[];
}

/**
 * Reads all of it; what does not exist yet is empty.
 * @param buildId first characters of a data set's id; undefined: the newest
 * @throws WinnowError MISSING_INPUT where there is none of that id
 */
export async function readRecords(config: ProjectConfig, db: Database, buildId?: string): Promise<ProjectRecords> {
  const build = buildId === undefined ? await latestBuild(db, config.name) : await requireBuild(db, config, buildId);
  const splits = build === undefined ? [] : await listSplits(db, config.name, build.id);
  const runRows = build === undefined ? [] : await listFinishedRuns(db, config.name, build.id);
  const { corrections, decisions } = config.split;
  const isDecided = decisions && (await decisionsSince(db, config.name, { after: 0, limit: 1 })).length > 0;
  const split = chooseSplit(splits, config, { runs: runRows, isCorrected: corrections !== undefined || isDecided });
  const samples = build === undefined ? [] : await listSamples(db, build.id);
  const splitRows = split === undefined ? [] : await listSplitSamples(db, split.id);
  const classes = config.classes.map(({ name }) => name);
  const measure =
    split === undefined ? null : await measureStoredSplit(db, { split, rows: splitRows, samples, classes });
  return {
    config,
    db,
    build,
    split,
    splits,
    samples,
    splitRows,
    measured: splitMeasured(measure, build),
    runRows,
    originals: await listProjectImages(db, config.name),
    exclusions: build === undefined ? [] : await listExclusions(db, build.id),
  };
}

/** @param id its first characters @throws WinnowError MISSING_INPUT where there is none */
export async function requireBuild(
  db: Database,
  { name, paths }: Pick<ProjectConfig, 'name' | 'paths'>,
  id: string,
): Promise<BuildRecord> {
  const found = (await listBuilds(db, name)).find((record) => record.id.startsWith(id));
  if (found !== undefined) return found;
  throw new WinnowError('MISSING_INPUT', `There is no data set ${id}`, {
    where: paths.file,
    next: 'Take an id from `winnow status`, or leave it out for the newest.',
  });
}

/**
 * The split to show of those of a build: of the method that the project names, else of the one from which its own
 * method's students learned; with a person's corrections where the project has some; the newest of what is left.
 * Methods bring splits of their own, so the newest of all may be another method's.
 * @param splits newest first
 * @param learners runs, and whether people corrected the split that they should learn from
 */
export function chooseSplit(
  splits: readonly SplitRecord[],
  { split, train }: Pick<ProjectConfig, 'split' | 'train'>,
  {
    runs,
    isCorrected,
  }: { readonly runs: readonly Pick<RunRow, 'method' | 'splitId'>[]; readonly isCorrected: boolean },
): SplitRecord | undefined {
  const learnedFrom = new Set(runs.filter(({ method }) => method === train.method).map(({ splitId }) => splitId));
  const method = split.method === 'auto' ? splits.find(({ id }) => learnedFrom.has(id))?.method : split.method;
  const preferences: readonly ((one: SplitRecord) => boolean)[] = [
    (one) => method === undefined || one.method === method,
    (one) => correctedCount(one) > 0 === isCorrected,
  ];
  return preferences.reduce((left, isPreferred) => {
    const preferred = left.filter(isPreferred);
    return preferred.length > 0 ? preferred : left;
  }, splits)[0];
}

/** Images whose kind a person told. */
export function correctedCount(split: Pick<SplitRecord, 'config'>): number {
  return correctionsOf(split)?.count ?? 0;
}
