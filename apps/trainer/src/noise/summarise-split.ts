import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { loadTruth } from '@winnow/config';
import type { NoiseKind, SplitQuality, SplitSummary } from '@winnow/contracts';
import { recordSplitQuality } from '@winnow/db';
import { NO_CLASS, splitQuality } from '@winnow/noise';
import type { SplitResult } from '@winnow/noise';
import { labelsByName } from '../data/image-sets';
import type { BuildImages } from '../data/load-build-images';
import type { OpenProject } from '../open-project';
import type { PoolSplitResult } from './split-pool';
import { measuredSplit } from './measured-split';
import { countKinds, selectSplitRows } from './split-rows';

/** What is told of a split; how well it did is stored with it. */
export async function summariseSplit(
  project: OpenProject,
  pool: BuildImages,
  result: PoolSplitResult,
): Promise<SplitSummary> {
  const quality = await measureSplit(project, pool, result);
  const { id, quality: recorded = null } = result.record;
  if (quality !== null && !isDeepStrictEqual(quality, recorded)) {
    await project.withDatabase((db) => recordSplitQuality(db, id, quality));
  }
  const measured = await project.withDatabase((db) => measuredSplit(db, pool, result, result.corrections.log));
  return {
    method: result.record.method,
    counts: result.counts,
    conflicts: countConflicts(pool, result.split),
    corrected: result.corrections.applied.length,
    quality,
    ...(measured && { measured }),
  };
}

/**
 * How the images whose copies were found under several classes were split; null where there are none. They are noisier
 * than others, so a split that calls most of them clean should be looked at.
 */
export function countConflicts(
  { otherLabels }: Pick<BuildImages, 'otherLabels'>,
  split: SplitResult,
): Record<NoiseKind, number> | null {
  const rows = otherLabels.flatMap((labels, row) => (labels.length > 0 ? [row] : []));
  return rows.length === 0 ? null : countKinds(selectSplitRows(split, rows));
}

/**
 * How well the split did, where `evaluate.truth` tells; null without it, and where it names none of the images.
 * Images that the truth does not name are left out of the figures.
 */
export async function measureSplit(
  { config, io }: Pick<OpenProject, 'config' | 'io'>,
  pool: Pick<BuildImages, 'images' | 'provenance'>,
  result: Pick<PoolSplitResult, 'record' | 'split'>,
): Promise<SplitQuality | null> {
  if (config.evaluate.truth === undefined) return null;
  const truth = await loadTruth(path.resolve(config.paths.root, config.evaluate.truth), pool.images.classes);
  const labels = labelsByName(pool.images.classes);
  const known = pool.provenance.flatMap((provenance, row) => {
    const url = provenance.find(({ imageUrl }) => truth.has(imageUrl))?.imageUrl;
    const trueClass = url === undefined ? undefined : truth.get(url)?.trueClass;
    if (trueClass === undefined) return [];
    return [{ row, trueLabel: trueClass === null ? NO_CLASS : (labels.get(trueClass) as number) }];
  });
  if (known.length === 0) {
    io.log(
      `${config.evaluate.truth} (evaluate.truth) names none of the images of this build: the split is not measured.`,
    );
    return null;
  }
  const rows = known.map(({ row }) => row);
  return splitQuality(selectSplitRows(result.split, rows), {
    method: result.record.method,
    givenLabels: rows.map((row) => pool.images.labels[row] as number),
    trueLabels: known.map(({ trueLabel }) => trueLabel),
  });
}
