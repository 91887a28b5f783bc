import { createHash } from 'node:crypto';
import path from 'node:path';
import { SPLIT_REVISIONS } from '@winnow/contracts';
import type { ImageList, JsonValue, NoiseKind, SplitName } from '@winnow/contracts';
import { digestDecisions } from '@winnow/config';
import type { ProjectConfig } from '@winnow/config';
import { findSplit, listSplitSamples, saveSplit } from '@winnow/db';
import type { BuildRecord, SplitRecord } from '@winnow/db';
import { applyCorrections, argmaxRows, knownLabels, FLIPPED_SPLITS, REFITTED_SPLITS, SPLITS } from '@winnow/noise';
import type { Correction, SplitInput, SplitResult } from '@winnow/noise';
import { percentText, recordTeacherFile } from '@winnow/runs';
import { knowsMore, METHODS } from '@winnow/training';
import type { PoolSplit, Prediction } from '@winnow/training';
import { buildShape } from '../data/load-build-images';
import { isNearChance } from '../student/plan/training-verdict';
import type { OpenProject } from '../open-project';
import { loadPoolCorrections } from './corrections';
import type { PoolCorrections } from './corrections';
import { predictPool, readPool } from './kept-predictions';
import type { PredictionJob } from './kept-predictions';
import { countKinds, fromSplitRows, toSplitRows } from './split-rows';

/** A split of a build by a teacher, and by a person where that was asked. */
export interface PoolSplitResult {
  readonly record: SplitRecord;
  /** False where it was made earlier. */
  readonly isNew: boolean;
  readonly split: SplitResult;
  readonly counts: Readonly<Record<NoiseKind, number>>;
  readonly corrections: PoolCorrections;
}

/** What is split, and by what. */
export interface SplitJob extends PredictionJob {
  /** The teacher's answers where they are at hand; asked for only where a split is new. */
  readonly answers?: (flipped: boolean) => Promise<Prediction>;
}

/** Seed of the mixture's starting means: a split depends on data and teacher, not on the seed of a run. */
export const SPLIT_SEED = 1;

/**
 * Splits the pool, or takes the split that the same build, teacher, method and corrections gave before. A split that
 * learns from decisions is fitted with them, but for those on images that were drawn to measure it; these are laid over
 * it, as all are over any other split.
 * @throws WinnowError as loadPoolCorrections
 */
export async function splitPool(project: OpenProject, build: BuildRecord, job: SplitJob): Promise<PoolSplitResult> {
  const corrections = await loadPoolCorrections(project, build, job.pool);
  const { applied, measured, digest } = corrections;
  const identity = splitIdentity(project.config, build, job);
  const { teacher, paths } = project.config;
  if (teacher !== undefined) {
    await recordTeacherFile(paths.state, job.teacher.digest, path.resolve(paths.root, teacher.weights));
  }
  if (digest === null) return { ...(await splitBy(project, build, job, { identity })), corrections };
  const { images } = job.pool;
  const classCount = images.classes.length;
  const learnt = REFITTED_SPLITS.has(identity.method) ? applied.filter(({ row }) => !measured.has(row)) : [];
  const fit = learnt.length === 0 ? { identity } : fitWith(identity, learnt, images);
  const fitted = await splitBy(project, build, job, fit);
  if (learnt.length === applied.length) return { ...fitted, corrections };
  const made = await findOrMake(project, images, {
    ...identity,
    id: digestId([fit.identity.id, digest]),
    config: { ...identity.config, corrections: { count: applied.length, digest } },
    make: () => Promise.resolve(applyCorrections(fitted.split, applied, { labels: images.labels, classCount })),
  });
  return { ...made, corrections };
}

interface Fit {
  readonly identity: SplitIdentity;
  /** As SplitInput.known. */
  readonly known?: Int32Array;
}

function fitWith(identity: SplitIdentity, learnt: readonly Correction[], { keys, classes, count }: ImageList): Fit {
  const digest = digestDecisions(learnt.map(({ row, truth }) => [keys[row] as string, truth])) as string;
  return {
    identity: {
      ...identity,
      id: digestId([identity.id, digest, 'refitted']),
      config: { ...identity.config, corrections: { count: learnt.length, digest } },
    },
    known: knownLabels(learnt, { count, classCount: classes.length }),
  };
}

type FoundSplit = Omit<PoolSplitResult, 'corrections'>;

type SplitIdentity = Omit<SplitRecord, 'counts' | 'quality' | 'config'> & {
  readonly method: SplitName;
  readonly config: Readonly<Record<string, JsonValue>>;
};

/** Of the split without corrections. */
function splitIdentity(config: ProjectConfig, build: BuildRecord, { pool, teacher, engine }: SplitJob): SplitIdentity {
  const { images } = pool;
  const method = splitMethodOf(config);
  const revision = SPLIT_REVISIONS[method];
  return {
    id: digestId([
      ...[build.id, build.digest, teacher.digest, method, revision, SPLIT_SEED, engine.name],
      // Drawn anew from encoded images, another size has other pixels.
      ...(knowsMore(teacher.frozen) ? ['outside'] : []),
      ...(images.store.kind === 'encoded' && images.size !== buildShape(build, config.build).size ? ['encoded'] : []),
    ]),
    project: config.name,
    buildId: build.id,
    method,
    teacherDigest: teacher.digest,
    config: { method, revision, seed: SPLIT_SEED, engine: engine.name },
  };
}

function splitBy(
  project: OpenProject,
  build: BuildRecord,
  job: SplitJob,
  { identity, known }: Fit,
): Promise<FoundSplit> {
  const { images, otherLabels, ranks, engineCounts } = job.pool;
  const { method } = identity;
  return findOrMake(project, images, {
    ...identity,
    make: async () => {
      const flipped = FLIPPED_SPLITS.has(method);
      const prediction = await (job.answers?.(flipped) ?? askForSplit(project, build, job, flipped));
      const input = splitInput(prediction, images);
      const remark = chanceRemark(input);
      if (remark !== null) project.io.log(remark);
      return SPLITS[method]({ ...input, otherLabels, ranks, engineCounts, known, seed: SPLIT_SEED });
    },
  });
}

/** What the teacher says of the pool; it is said where it was asked before. @throws WinnowError as predictPool */
export async function askForSplit(
  project: OpenProject,
  build: BuildRecord,
  job: PredictionJob,
  flipped: boolean,
): Promise<Prediction> {
  const asked = { flipped, features: true };
  const kept = await readPool(project, build, job, asked);
  if (kept === null) return predictPool(project, build, job, asked);
  project.io.log('The teacher was asked about this data set before: its outputs of then are read.');
  return kept;
}

interface NewSplit extends Omit<SplitRecord, 'counts' | 'quality'> {
  readonly make: () => Promise<SplitResult>;
}

async function findOrMake(
  { withDatabase }: OpenProject,
  images: ImageList,
  { id, project, buildId, method, teacherDigest, config, make }: NewSplit,
): Promise<FoundSplit> {
  const known = await withDatabase(async (db) => {
    const found = await findSplit(db, id);
    return found === undefined ? null : { found, rows: await listSplitSamples(db, id) };
  });
  if (known !== null) {
    const split = fromSplitRows(images, known.rows);
    return { record: known.found, isNew: false, split, counts: countKinds(split) };
  }
  const split = await make();
  const counts = countKinds(split);
  const record: SplitRecord = { id, project, buildId, method, teacherDigest, config, counts };
  await withDatabase((db) => saveSplit(db, record, toSplitRows(images, split)));
  return { record, isNew: true, split, counts };
}

function digestId(parts: readonly (string | number)[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16);
}

/** What a person should know before a split is trusted: its teacher agrees with the labels no more than by chance. */
export function chanceRemark({ logits, labels, classCount }: Omit<SplitInput, 'seed'>): string | null {
  const best = argmaxRows(logits, classCount);
  const agreement = best.filter((column, row) => column === labels[row]).length / best.length;
  if (!isNearChance(agreement, classCount)) return null;
  const [found, chance] = [agreement, 1 / classCount].map((fraction) => percentText(fraction, { digits: 1 }));
  return `Warning: teacher and labels agree on ${found} of the images, and chance is ${chance}: the split means nothing unless nearly all labels are wrong. Look at the teacher: \`winnow teacher import --check\`.`;
}

/** The split that the project names, or the one that its method is made for. */
function splitMethodOf({ split, train }: Pick<ProjectConfig, 'split' | 'train'>): SplitName {
  return split.method === 'auto' ? METHODS[train.method].split : split.method;
}

/** What a split needs of the teacher's answers. */
export function splitInput(
  { logits, features, featureDim, classCount, outside }: Prediction,
  { labels }: Pick<ImageList, 'labels'>,
): Omit<SplitInput, 'seed'> {
  return {
    logits,
    labels,
    classCount,
    features: featureDim === 0 ? null : { values: features, dim: featureDim },
    outside,
  };
}

/** What a method may see of a split. */
export function toPoolSplit({ kinds, probabilities, refinedLabels }: SplitResult): PoolSplit {
  return { kinds, probabilities, refinedLabels };
}
