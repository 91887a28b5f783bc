import path from 'node:path';
import { asksDecisions, asksSplit, DecisionFinder, describePassedOver } from '@winnow/config';
import type { ProjectConfig } from '@winnow/config';
import { WinnowError } from '@winnow/contracts';
import type { CommandIo, DecisionLogLine, JsonValue } from '@winnow/contracts';
import {
  forgottenFilter,
  latestBuild,
  listDecisions,
  listExclusions,
  listFetchOutcomes,
  listProjectImages,
  projectEmbeddings,
  storedDescriptors,
} from '@winnow/db';
import type { BuildRecord, Database, ProjectEmbeddings, StoredImage } from '@winnow/db';
import { buildDecisions, DecisionLog, loadDecisions } from '@winnow/review';
import { readDataset } from '@winnow/shards';
import { blobPlace, originalsOf, requireStore } from '@winnow/store';
import { countLeaks, loadHeldOutSources } from '../dedup/load-held-out-sources';
import { toldByPeople } from '../dedup/told-by-people';
import { loadBaseSplit, uncleanedBuild } from '../filter/base-split';
import type { BaseSplit } from '../filter/base-split';
import { imageOpinions } from '../filter/image-opinions';
import type { ImageOpinion } from '../filter/image-opinions';
import { idleClusters, parseSubset } from '../filter/project-subset';
import { relabeller } from '../filter/relabel';
import type { Relabel } from '../filter/relabel';
import type { Subset } from '../filter/select-image';
import { describeRenumbered } from '../upkeep/diff/describe-diff';
import { renumberedClasses } from '../upkeep/diff/diff-builds';
import type { Change } from '../upkeep/diff/diff-builds';
import { digestInputs, recordedConfig } from './build-inputs';
import { collectedUnder } from './collected-under';
import { decodeOriginals } from './decode-originals';
import type { BuildPlan } from './plan-build';
import { planProject } from './plan-project';
import { requireSamples } from './require-samples';

export interface BuildProjectOptions {
  readonly config: ProjectConfig;
  readonly db: Database;
  readonly io: Pick<CommandIo, 'log' | 'progress' | 'signal'>;
}

/** What a build comes to, before anything of it is written. */
export interface PreparedBuild {
  readonly id: string;
  readonly inputDigest: string;
  /** Of the data set. */
  readonly directory: string;
  /** What it is made with, as its files tell it. */
  readonly recorded: JsonValue;
  readonly plan: BuildPlan;
  readonly originals: readonly StoredImage[];
  /** Copies of test images that were left out, by where these come from. */
  readonly leaks: readonly { readonly place: string; readonly leaks: number }[];
  /** Its number in the log; 0: nobody decided anything. */
  readonly lastDecision: number;
  /** Null where none was asked for. */
  readonly split: BaseSplit | null;
}

/**
 * Plans a build from all that the project knows: which images, under which labels, and the id that this gives. Originals
 * that were never decoded are, and what that says is stored.
 * @throws WinnowError as `buildProject`, but for what writing may fail of
 */
export async function prepareBuild({ config, db, io }: BuildProjectOptions): Promise<PreparedBuild> {
  const subset = parseSubset(config);
  await requireStore(db, config.store);
  await decodeOriginals({ db, project: config.name, originals: originalsOf(blobPlace(config)), io });
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
  const { split } = cleaning;
  return { id, inputDigest, directory, recorded, plan, originals, leaks, lastDecision, split };
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
): Promise<readonly Change<number>[]> {
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
