import path from 'node:path';
import { copiesByImage, DecisionFinder, digestDecisions } from '@winnow/config';
import type { Decisions, ProjectConfig } from '@winnow/config';
import { SPLIT_REVISIONS, WinnowError } from '@winnow/contracts';
import type { NoiseKind, SplitName } from '@winnow/contracts';
import {
  correctionsOf,
  listBuilds,
  listExclusions,
  listSamples,
  listSplits,
  listSplitSamples,
  rescuedInputDigest,
} from '@winnow/db';
import type { BuildRecord, Database, ExclusionRow, SampleRow, SplitRecord, SplitRow, StoredImage } from '@winnow/db';
import { chooseBaseSplit, isCleanedConfig } from '@winnow/review';
import { isOtherTeacherFile } from '@winnow/runs';
import { readDataset, readSamples } from '@winnow/shards';
import type { DatasetManifest } from '@winnow/shards';

/** What a split says of one image. */
export interface SplitVerdict {
  /** Label that was judged: that of the image in the data set that was split. */
  readonly className: string;
  readonly kind: NoiseKind;
  readonly pClean: number;
  readonly pClosed: number;
  readonly pOpen: number;
  /** Class to take where the label is closed. */
  readonly refinedClass: string;
}

/** The split that a cleaned data set is made by. */
export interface BaseSplit {
  readonly id: string;
  readonly method: string;
  /** Data set that was split. */
  readonly build: string;
  /** In what corrections, images, method and teacher are newer, for people. */
  readonly remarks: readonly string[];
  /**
   * Of an original, or of the image that it was folded into; undefined where the split has not seen it.
   * @param listedUnder class of one listing of a world, where each listing is a sample
   */
  verdictOf(sha256: string, listedUnder?: string): SplitVerdict | undefined;
}

/** What a split is measured against. */
export interface SplitCircumstances {
  readonly decisions: Decisions;
  /** Originals of today: digest and the classes under which they are listed. */
  readonly originals: readonly Pick<StoredImage, 'sha256' | 'provenance'>[];
}

/**
 * The newest split of the newest data set that is no cleaned one itself: by `split.method` where that is named, with the
 * decisions of today where one has them. Where none has, images came since, the method was revised or the teacher is another, `remarks` say so. What
 * was left out of a rescued data set is unknown until it is built again, and so is what is newer than it.
 * @throws WinnowError MISSING_INPUT where there is none, or it was of other classes; as DecisionFinder
 */
export async function loadBaseSplit(
  db: Database,
  config: ProjectConfig,
  { decisions, originals }: SplitCircumstances,
): Promise<BaseSplit> {
  const build = await uncleanedBuild(db, config.name);
  const splits = build === undefined ? [] : await listSplits(db, config.name, build.id);
  const { method } = config.split;
  if (build === undefined || splits.every((split) => method !== 'auto' && split.method !== method)) {
    throw new WinnowError('MISSING_INPUT', 'The data set has not been split yet', {
      where: 'build.where, build.labels',
      next: `Run \`winnow build ${config.paths.file}\` without them, then \`winnow split ${config.paths.file}\`.`,
    });
  }
  const directory = path.join(config.paths.builds, build.id);
  const manifest = await readDataset(directory);
  requireClasses(manifest.classes, config);
  const excluded = await listExclusions(db, build.id);
  const decided = decisions.rows.length === 0 ? null : await digestOf({ directory, manifest, decisions, excluded });
  const digestIn = (split: SplitRecord): string | null => correctionsOf(split)?.digest ?? null;
  const chosen = chooseBaseSplit(splits, { method, decided, digestOf: digestIn });
  const { split, isStale } = chosen as NonNullable<typeof chosen>;
  const samples = await listSamples(db, build.id);
  const verdicts = verdictsOf(samples, await listSplitSamples(db, split.id), { classes: manifest.classes, excluded });
  const known = new Set([...samples, ...excluded].map(({ sha256 }) => sha256));
  const unseen = countUnseen(originals, known, config);
  const isRescued = build.inputDigest === rescuedInputDigest(build.id);
  return {
    ...{ id: split.id, method: split.method, build: build.id, ...verdicts },
    remarks: [
      ...(isStale && !isRescued ? [describeStale(split, decided, config)] : []),
      ...(isRevised(split) ? [describeRevised(split, config)] : []),
      ...((await isByOtherTeacher(split, config)) ? [describeOtherTeacher(split, config)] : []),
      ...(unseen > 0 && !isRescued ? [describeUnseen(split, unseen, config)] : []),
      ...(isRescued && (isStale || unseen > 0) ? [describeRescued(split, build, config)] : []),
    ],
  };
}

function verdictsOf(
  samples: readonly SampleRow[],
  splitRows: readonly SplitRow[],
  { classes, excluded }: { readonly classes: readonly string[]; readonly excluded: readonly ExclusionRow[] },
): Pick<BaseSplit, 'verdictOf'> {
  const rows = new Map(splitRows.map((row) => [row.key, row]));
  const [byDigest, byListing] = [new Map<string, SplitVerdict>(), new Map<string, SplitVerdict>()];
  for (const { key, sha256, className } of samples) {
    const row = rows.get(key);
    if (row === undefined) continue;
    const verdict = toVerdict(row, className, classes);
    byDigest.set(sha256, verdict);
    byListing.set(`${sha256} ${className}`, verdict);
  }
  for (const { sha256, keptSha256 } of excluded) {
    const kept = keptSha256 === null ? undefined : byDigest.get(keptSha256);
    if (kept !== undefined && !byDigest.has(sha256)) byDigest.set(sha256, kept);
  }
  return {
    verdictOf: (sha256, listedUnder) =>
      listedUnder === undefined ? byDigest.get(sha256) : byListing.get(`${sha256} ${listedUnder}`),
  };
}

/** The newest data set that is no cleaned one. */
export async function uncleanedBuild(db: Database, project: string): Promise<BuildRecord | undefined> {
  return (await listBuilds(db, project)).find(({ config }) => !isCleanedConfig(config));
}

/** Of the decisions that hold for a data set, as `winnow split` would note them. */
async function digestOf({
  directory,
  manifest,
  decisions,
  excluded,
}: {
  readonly directory: string;
  readonly manifest: DatasetManifest;
  readonly decisions: Decisions;
  readonly excluded: readonly ExclusionRow[];
}): Promise<string | null> {
  const finder = new DecisionFinder(decisions, manifest.classes);
  const copies = copiesByImage(excluded);
  const decided: [string, number | 'open'][] = [];
  for await (const sample of readSamples(directory, manifest)) {
    const decision = finder.find({ ...sample, copies: copies.get(sample.sha256) });
    if (decision === undefined) continue;
    const { className } = decision;
    decided.push([sample.key, className === null ? 'open' : manifest.classes.indexOf(className)]);
  }
  return digestDecisions(decided);
}

/** Originals that were collected since, under classes of the project. */
function countUnseen(
  originals: SplitCircumstances['originals'],
  known: ReadonlySet<string>,
  { classes }: ProjectConfig,
): number {
  const names = new Set(classes.map(({ name }) => name));
  return originals.filter(
    ({ sha256, provenance }) => !known.has(sha256) && provenance.some(({ className }) => names.has(className)),
  ).length;
}

function describeStale(split: SplitRecord, decided: string | null, { paths }: ProjectConfig): string {
  const made = correctionsOf(split) === null ? 'without corrections' : 'with other corrections';
  const now = decided === null ? 'no correction applies now' : 'people decided something else since';
  return `Warning: the split ${split.id} is out of date: it was made ${made}, and ${now}. ${renew(paths.file)}`;
}

/** Made by the method as it was before an update that changed its answers. */
function isRevised({ method, config }: SplitRecord): boolean {
  return (config as { readonly revision?: number }).revision !== SPLIT_REVISIONS[method as SplitName];
}

function describeRevised(split: SplitRecord, { paths }: ProjectConfig): string {
  return `Warning: the split ${split.id} is out of date: ${split.method} splits otherwise since an update of winnow. ${renew(paths.file)}`;
}

/** Nobody remembers the file of a teacher that was read by an earlier winnow. */
async function isByOtherTeacher({ teacherDigest }: SplitRecord, { teacher, paths }: ProjectConfig): Promise<boolean> {
  if (teacher === undefined) return false;
  return isOtherTeacherFile(paths.state, teacherDigest, path.resolve(paths.root, teacher.weights));
}

function describeOtherTeacher(split: SplitRecord, { paths }: ProjectConfig): string {
  return `Warning: the split ${split.id} is out of date: it was made by another teacher than teacher.weights is now. ${renew(paths.file)}`;
}

function describeUnseen(split: SplitRecord, unseen: number, { paths }: ProjectConfig): string {
  const images = unseen === 1 ? '1 original is' : `${unseen} originals are`;
  return `Warning: ${images} newer than the data set of the split ${split.id}, which says nothing of them. ${renew(paths.file)}`;
}

function describeRescued(split: SplitRecord, { id }: BuildRecord, { paths: { file } }: ProjectConfig): string {
  return (
    `Warning: what the data set ${id} left out was lost with the database, so nobody can say whether images or corrections are ` +
    `newer than its split ${split.id}. Run \`winnow build ${file}\` without build.where and build.labels, which finds it again.`
  );
}

function renew(file: string): string {
  return `Run \`winnow build ${file}\` without build.where and build.labels, then \`winnow split ${file}\`.`;
}

function requireClasses(classes: readonly string[], { classes: wanted, paths }: ProjectConfig): void {
  const known = new Set(wanted.map(({ name }) => name));
  const gone = classes.find((name) => !known.has(name));
  if (gone === undefined && classes.length === wanted.length) return;
  throw new WinnowError('MISSING_INPUT', 'The data set was split with other classes than the project has now', {
    where: gone === undefined ? 'classes' : `class ${gone}`,
    next: renew(paths.file),
  });
}

function toVerdict(row: SplitRow, className: string, classes: readonly string[]): SplitVerdict {
  return {
    className,
    kind: row.kind,
    pClean: row.cleanProbability,
    pClosed: row.closedProbability,
    pOpen: row.openProbability,
    refinedClass: classes[row.refinedLabel] as string,
  };
}
