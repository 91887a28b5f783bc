import { createHash } from 'node:crypto';
import path from 'node:path';
import { NOISE_KINDS } from '@winnow/contracts';
import type { ImageList, NoiseKind, SplitQuality } from '@winnow/contracts';
import { loadTruth } from '@winnow/config';
import { findSplit, listSplitSamples, saveSplit } from '@winnow/db';
import type { BuildRecord, SplitRecord, SplitRow } from '@winnow/db';
import { NO_CLASS, SPLITS, splitQuality } from '@winnow/noise';
import type { SplitResult } from '@winnow/noise';
import { predict } from '@winnow/training';
import type { EngineInfo } from '@winnow/tensor';
import type { PoolSplit } from '@winnow/training';
import type { BuildImages } from './load-build-images';
import type { LoadedTeacher } from './load-teacher';
import type { OpenProject } from './open-project';

/** A split of a build by a teacher. */
export interface PoolSplitResult {
  readonly record: SplitRecord;
  /** False where it was made earlier. */
  readonly isNew: boolean;
  readonly split: SplitResult;
  readonly counts: Readonly<Record<NoiseKind, number>>;
}

/** Seed of the mixture's starting means: a split depends on data and teacher, not on the seed of a run. */
const SPLIT_SEED = 1;

/** Splits the pool, or takes the split that the same build, teacher and method gave before. */
export async function splitPool(
  project: OpenProject,
  build: BuildRecord,
  {
    pool,
    teacher,
    engine,
  }: { readonly pool: BuildImages; readonly teacher: LoadedTeacher; readonly engine: EngineInfo },
): Promise<PoolSplitResult> {
  const { config, db, io } = project;
  const { method } = config.split;
  const id = createHash('sha256')
    .update(JSON.stringify([build.id, build.digest, teacher.digest, method, SPLIT_SEED, engine.name]))
    .digest('hex')
    .slice(0, 16);
  const found = await findSplit(db, id);
  if (found !== undefined) {
    const split = toSplitResult(pool.images, await listSplitSamples(db, id));
    return { record: found, isNew: false, split, counts: countKinds(split) };
  }
  const { logits, classCount } = await predict(teacher.frozen, pool.images, {
    progress: io.progress,
    signal: io.signal,
  });
  const { images, otherLabels } = pool;
  const split = SPLITS[method]({ logits, labels: images.labels, classCount, otherLabels, seed: SPLIT_SEED });
  const counts = countKinds(split);
  const record: SplitRecord = {
    id,
    project: config.name,
    buildId: build.id,
    method,
    teacherDigest: teacher.digest,
    config: { method, seed: SPLIT_SEED, engine: engine.name },
    counts,
  };
  await saveSplit(db, record, toRows(images, split));
  return { record, isNew: true, split, counts };
}

/**
 * How the pictures whose copies were found under several classes were split; null where there are none. They are noisier
 * than others, so a split that calls most of them clean should be looked at.
 */
export function countConflicts({ otherLabels }: BuildImages, split: SplitResult): Record<NoiseKind, number> | null {
  const rows = otherLabels.flatMap((labels, row) => (labels.length > 0 ? [row] : []));
  return rows.length === 0 ? null : countKinds(selectSplitRows(split, rows));
}

/** What a method may see of a split. */
export function toPoolSplit({ kinds, probabilities, refinedLabels }: SplitResult): PoolSplit {
  return { kinds, probabilities, refinedLabels };
}

/**
 * How well the split did, where `evaluate.truth` tells; null without it.
 * Pictures that the truth does not name are left out of the figures.
 */
export async function measureSplit(
  project: OpenProject,
  pool: BuildImages,
  result: PoolSplitResult,
): Promise<SplitQuality | null> {
  const { config } = project;
  if (config.evaluate.truth === undefined) return null;
  const truth = await loadTruth(path.resolve(config.paths.root, config.evaluate.truth), pool.images.classes);
  const known = pool.provenance.flatMap((provenance, row) => {
    const url = provenance.find(({ imageUrl }) => truth.has(imageUrl))?.imageUrl;
    const trueClass = url === undefined ? undefined : truth.get(url)?.trueClass;
    if (trueClass === undefined) return [];
    return [{ row, trueLabel: trueClass === null ? NO_CLASS : pool.images.classes.indexOf(trueClass) }];
  });
  const rows = known.map(({ row }) => row);
  return splitQuality(selectSplitRows(result.split, rows), {
    method: result.record.method,
    givenLabels: rows.map((row) => pool.images.labels[row] as number),
    trueLabels: known.map(({ trueLabel }) => trueLabel),
  });
}

/** The same split of some rows of the pool, in the order given. */
export function selectSplitRows(split: SplitResult, rows: readonly number[]): SplitResult {
  return {
    kinds: Uint8Array.from(rows, (row) => split.kinds[row] as number),
    probabilities: Float32Array.from(
      rows.flatMap((row) => [0, 1, 2].map((kind) => split.probabilities[row * 3 + kind] as number)),
    ),
    refinedLabels: Int32Array.from(rows, (row) => split.refinedLabels[row] as number),
    score: Float32Array.from(rows, (row) => split.score[row] as number),
  };
}

function countKinds({ kinds }: Pick<SplitResult, 'kinds'>): Record<NoiseKind, number> {
  const counts = { clean: 0, closed: 0, open: 0 };
  kinds.forEach((kind) => {
    counts[NOISE_KINDS[kind] as NoiseKind] += 1;
  });
  return counts;
}

function toRows(images: ImageList, split: SplitResult): SplitRow[] {
  return images.keys.map((key, row) => ({
    key,
    kind: NOISE_KINDS[split.kinds[row] as number] as NoiseKind,
    cleanProbability: split.probabilities[row * 3] as number,
    closedProbability: split.probabilities[row * 3 + 1] as number,
    openProbability: split.probabilities[row * 3 + 2] as number,
    refinedLabel: split.refinedLabels[row] as number,
    score: split.score[row] as number,
  }));
}

function toSplitResult(images: ImageList, rows: readonly SplitRow[]): SplitResult {
  const byKey = new Map(rows.map((row) => [row.key, row]));
  const ordered = images.keys.map((key) => byKey.get(key) as SplitRow);
  return {
    kinds: Uint8Array.from(ordered, ({ kind }) => NOISE_KINDS.indexOf(kind)),
    probabilities: Float32Array.from(
      ordered.flatMap((row) => [row.cleanProbability, row.closedProbability, row.openProbability]),
    ),
    refinedLabels: Int32Array.from(ordered, ({ refinedLabel }) => refinedLabel),
    score: Float32Array.from(ordered, ({ score }) => score),
  };
}
