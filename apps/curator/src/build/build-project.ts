import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { asksDecisions, asksSplit, DecisionFinder, describePassedOver } from '@winnow/config';
import type { ProjectConfig } from '@winnow/config';
import { isWinnowError, WinnowError } from '@winnow/contracts';
import type { CommandIo, DecisionLogLine, JsonValue } from '@winnow/contracts';
import {
  acquireLock,
  findBuild,
  forgottenFilter,
  latestBuild,
  listDecisions,
  listExclusions,
  listFetchOutcomes,
  listProjectImages,
  markBuildUsed,
  projectEmbeddings,
  saveBuild,
  storedDescriptors,
} from '@winnow/db';
import type { BuildRecord, Database, ProjectEmbeddings, StoredImage } from '@winnow/db';
import { buildDecisions, DecisionLog, loadDecisions } from '@winnow/review';
import { readDataset } from '@winnow/shards';
import type { LoadedBuild } from '@winnow/shards';
import { digestInputs, recordedConfig } from './build-inputs';
import { loadBaseSplit, uncleanedBuild } from '../filter/base-split';
import type { BaseSplit } from '../filter/base-split';
import { imageOpinions } from '../filter/image-opinions';
import type { ImageOpinion } from '../filter/image-opinions';
import { relabeller } from '../filter/relabel';
import type { Relabel } from '../filter/relabel';
import { collectedUnder } from './collected-under';
import { decodeOriginals } from './decode-originals';
import { describeRenumbered, renumberedClasses } from '../upkeep/diff/renumbered-classes';
import type { RenumberedClass } from '../upkeep/diff/renumbered-classes';
import { inspectBuild } from './inspect-build';
import { countLeaks, loadHeldOutSources } from '../dedup/load-held-out-sources';
import type { BuildPlan } from './plan-build';
import { planProject } from './plan-project';
import { idleClusters, parseSubset } from '../filter/project-subset';
import { removeAbandonedBuilds } from './remove-abandoned-builds';
import { requireSamples } from './require-samples';
import type { Subset } from '../filter/select-image';
import { toldByPeople } from '../dedup/told-by-people';
import { writeBuild } from './write-build';

export interface BuildProjectOptions {
  readonly config: ProjectConfig;
  readonly db: Database;
  readonly io: Pick<CommandIo, 'log' | 'progress' | 'signal'>;
}

export interface BuildResult {
  readonly record: BuildRecord;
  readonly directory: string;
  /** The same inputs had been built before, and what was built is still there. */
  readonly reused: boolean;
  readonly plan: BuildPlan;
  readonly originals: readonly StoredImage[];
  /** Copies of test images that were left out, by where these come from. */
  readonly leaks: readonly { readonly place: string; readonly leaks: number }[];
  /** Images whose encoding was taken from an earlier build. */
  readonly reusedImages?: number;
}

/** A working folder on a shared database may belong to a build under way on another machine. */
const ABANDONED_AFTER_MILLIS = 24 * 3600 * 1000;

/**
 * Builds the project's data set from what was crawled: decode, deduplicate, resize, write shards, index. The same crawl
 * gives the same bytes; a killed build is taken up where it stopped; a finished one is not repeated, unless some of its
 * files are missing or cut. The build is from now on the project's current one.
 * @throws WinnowError CONFIG_INVALID for a subset that is not understood, MISSING_INPUT without originals, embeddings or a split that
 * is asked for, or where no image is left, DATABASE_BUSY while another command writes this build,
 * DATA_CORRUPT, DISK_FULL, INTERRUPTED
 */
export async function buildProject(options: BuildProjectOptions): Promise<BuildResult> {
  const { config, db, io } = options;
  const subset = parseSubset(config);
  await decodeOriginals({ db, project: config.name, blobsDir: config.paths.blobs, io });
  const originals = await listOriginals(db, config.name);
  if (originals.length === 0) {
    throw new WinnowError('MISSING_INPUT', 'Nothing has been crawled or imported yet', {
      where: config.paths.file,
      next: `Run \`winnow crawl ${config.paths.file}\` or \`winnow import\` first.`,
    });
  }
  const embeddings = await embeddingsOf(config, db);
  const heldOut = await loadHeldOutSources(config, io);
  const fetchOutcomes: Subset['fetchOutcomes'] =
    subset.exclude.outcomes.size === 0 ? new Map() : await listFetchOutcomes(db, config.name);
  const lines = await listDecisions(db, config.name);
  const cleaning = await loadCleaning(config, db, { subset, originals, lines });
  cleaning.split?.remarks.forEach((remark) => io.log(remark));
  const stored = (digests: readonly string[]) => storedDescriptors(db, digests);
  const told = toldByPeople(buildDecisions(lines));
  const lastDecision = lines.at(-1)?.seq ?? 0;
  const inputs = { originals, heldOut, embeddings, subset: { ...subset, fetchOutcomes }, cleaning, told, stored, io };
  const plan = await planProject(inputs, config);
  requireSamples(plan, config);
  if (cleaning.decisions !== null) {
    describePassedOver(cleaning.decisions, 'this build').forEach((line) => io.log(line));
  }
  for (const line of describeRenumbered(await renumberedSince(await latestBuild(db, config.name), config)))
    io.log(line);
  for (const prefix of idleClusters(subset, plan.exclusions)) {
    io.log(`cluster:${prefix} left nothing out: its image was left out before, or is of no class of the project.`);
  }
  const leaks = heldOut === null ? [] : countLeaks(plan.leaks.values(), heldOut);
  const recorded = recordedConfig(config, {
    harvest: await collectedUnder(db, config),
    heldOut,
    network: embeddings?.network ?? null,
    split: cleaning.split,
    told: plan.told,
    isByDecisions: cleaning.opinions !== null,
    unchecked: plan.samples.filter(({ unchanged }) => unchanged === true).length,
  });
  const inputDigest = digestInputs(config, { recorded, plan });
  const id = inputDigest.slice(0, 16);
  const directory = path.join(config.paths.builds, id);
  const said = { directory, plan, originals, leaks };
  await removeAbandonedBuilds(config.paths.builds, {
    keep: id,
    touchedBefore: config.databaseUrl === undefined ? Infinity : Date.now() - ABANDONED_AFTER_MILLIS,
  });
  const found = await findBuild(db, config.name, inputDigest);
  const job = { plan, recorded, directory, inputDigest, recordedDigest: found?.digest };
  const { built, isAsFound, reusedImages } = await takeOrWrite(options, job);
  if (found !== undefined) {
    await markBuildUsed(db, { ...found, lastDecision });
    return { ...said, record: found, reused: isAsFound, reusedImages };
  }
  const record = toRecord(config.name, { built, id, inputDigest, plan });
  await saveBuild(db, { ...record, lastDecision }, { samples: built.samples.map(toRow), exclusions: plan.exclusions });
  return { ...said, record, reused: false, reusedImages };
}

interface Cleaning {
  readonly split: BaseSplit | null;
  readonly relabel: Relabel | null;
  /** By digest, where `build.where` asks for them. */
  readonly opinions: ReadonlyMap<string, ImageOpinion> | null;
  /** Those that labels are taken from; what of them holds is known once labels are given. Null: none are. */
  readonly decisions: Pick<DecisionFinder, 'unknown' | 'foreign' | 'overruled'> | null;
}

/** What `build.where` and `build.labels` ask of a split and of people. */
async function loadCleaning(
  config: ProjectConfig,
  db: Database,
  {
    subset: { where },
    originals,
    lines,
  }: {
    readonly subset: Pick<Subset, 'where'>;
    readonly originals: readonly StoredImage[];
    readonly lines: readonly DecisionLogLine[];
  },
): Promise<Cleaning> {
  const { labels } = config.build;
  const isAsked = labels === 'refined' || (where !== null && asksSplit(where));
  const isByDecisions = where !== null && asksDecisions(where);
  if (labels === 'given' && !isAsked && !isByDecisions) {
    return { split: null, relabel: null, opinions: null, decisions: null };
  }
  const decisions = await loadDecisions(config, () => Promise.resolve(lines));
  if (labels === 'decided' && config.split.corrections === undefined && decisions.rows.length === 0) {
    throw new WinnowError(
      'CONFIG_INVALID',
      'No labels are decided: nobody decided anything, and the project names no corrections',
      {
        where: 'build.labels: decided',
        next: 'Decide in `winnow studio`, name a file with split.corrections, or leave build.labels out.',
      },
    );
  }
  const split = isAsked ? await loadBaseSplit(db, config, { decisions, originals }) : null;
  const classes = config.classes.map(({ name }) => name);
  const base = isByDecisions ? await uncleanedBuild(db, config.name) : undefined;
  const folded = base === undefined ? [] : await listExclusions(db, base.id);
  const opinions = isByDecisions
    ? imageOpinions(config, { decisions, log: new DecisionLog(lines, classes), originals, folded })
    : null;
  const finder = new DecisionFinder(decisions, classes);
  const relabel = relabeller(config.build, classes, finder);
  return { split, relabel, opinions, decisions: labels === 'given' ? null : finder };
}

/** Classes that have other numbers than in the build that was used last, where that can be read. */
async function renumberedSince(
  build: BuildRecord | undefined,
  { classes, paths }: ProjectConfig,
): Promise<readonly RenumberedClass[]> {
  const before = build === undefined ? null : await readDataset(path.join(paths.builds, build.id)).catch(() => null);
  return renumberedClasses(numbered(before?.classes ?? []), numbered(classes.map(({ name }) => name)));
}

function numbered(names: readonly string[]): ReadonlyMap<string, number> {
  return new Map(names.map((name, number) => [name, number]));
}

/** What `winnow embed` stored, where the project compares it. */
async function embeddingsOf({ name, build, paths }: ProjectConfig, db: Database): Promise<ProjectEmbeddings | null> {
  if (build.dedupe.similarity === undefined) return null;
  const embeddings = await projectEmbeddings(db, name);
  if (embeddings !== null) return embeddings;
  throw new WinnowError('MISSING_INPUT', 'build.dedupe.similarity is set, but no embeddings are stored', {
    where: paths.file,
    next: `Run \`winnow embed ${paths.file}\`, or leave build.dedupe.similarity out.`,
  });
}

/** What was crawled, but for what a person wanted to be forgotten meanwhile. */
async function listOriginals(db: Database, project: string): Promise<readonly StoredImage[]> {
  const { forgottenDigests } = await forgottenFilter(db, project);
  return (await listProjectImages(db, project)).filter(({ sha256 }) => !forgottenDigests.has(sha256));
}

interface BuildJob {
  readonly plan: BuildPlan;
  readonly recorded: JsonValue;
  readonly directory: string;
  readonly inputDigest: string;
  readonly recordedDigest: string | undefined;
}

interface BuiltFolder {
  readonly built: LoadedBuild;
  /** It was there, and whole. */
  readonly isAsFound: boolean;
  readonly reusedImages: number;
}

/** The folder of a build: as it is, if it is whole, else written. One that was renamed but not indexed may be whole, too. */
async function takeOrWrite({ config, io }: BuildProjectOptions, job: BuildJob): Promise<BuiltFolder> {
  const { plan, recorded, directory, inputDigest, recordedDigest } = job;
  const release = await lockBuild(directory);
  try {
    const { build, problem } = await inspectBuild(directory, recordedDigest);
    if (build !== null && problem === null) return { built: build, isAsFound: true, reusedImages: 0 };
    if (recordedDigest !== undefined || existsSync(directory)) {
      io.log(`Build ${path.basename(directory)} is not whole: ${problem ?? 'unreadable'}. It is built again.`);
    }
    const expectedDigest = recordedDigest ?? build?.manifest.digest;
    const written = { config, recorded, samples: plan.samples, directory, inputDigest, expectedDigest, io };
    return { ...(await writeBuild(written)), isAsFound: false };
  } finally {
    await release();
  }
}

/** On a shared database two commands may want the same build at once. */
async function lockBuild(directory: string): Promise<() => Promise<void>> {
  await mkdir(path.dirname(directory), { recursive: true });
  const lockPath = `${directory}.lock`;
  try {
    return await acquireLock(lockPath, 'winnow build');
  } catch (error) {
    if (!isWinnowError(error) || error.code !== 'DATABASE_BUSY') throw error;
    throw new WinnowError('DATABASE_BUSY', 'Another command is writing this very build', {
      where: lockPath,
      next: 'Wait for it to end and run the same command again. If the process named in this file is gone, delete the file.',
      cause: error,
    });
  }
}

function toRecord(
  project: string,
  { built, id, inputDigest, plan }: { built: LoadedBuild; id: string; inputDigest: string; plan: BuildPlan },
): BuildRecord {
  return {
    id,
    project,
    digest: built.manifest.digest,
    inputDigest,
    sampleCount: built.samples.length,
    config: built.manifest.config,
    counts: plan.counts as unknown as JsonValue,
  };
}

/** A row of the index for a sample of samples.jsonl. @param position in the order of the data set */
export function toRow(sample: LoadedBuild['samples'][number], position: number) {
  const { key, shard, offset, length, sha256, className, label, conflicts, copies } = sample;
  return { key, position, shard, offset, length, sha256, className, label, conflicts, copies };
}
