import path from 'node:path';
import { loadTruth } from '@winnow/config';
import type { ProjectConfig } from '@winnow/config';
import type { StoredImage } from '@winnow/db';
import { duplicateQuality } from '@winnow/dedup';
import type { DuplicateQuality } from '@winnow/dedup';
import type { BuildPlan } from '../build/plan-build';

/**
 * Pairwise precision and recall of a build's duplicates, where `evaluate.truth` tells which images are copies; null
 * without it. Measures only: no decision depends on it.
 */
export async function measureDuplicates(
  config: ProjectConfig,
  { clusters }: BuildPlan,
  originals: readonly StoredImage[],
): Promise<DuplicateQuality | null> {
  if (config.evaluate.truth === undefined) return null;
  const classes = config.classes.map(({ name }) => name);
  const truth = await loadTruth(path.resolve(config.paths.root, config.evaluate.truth), classes);
  const sources = new Map<string, string>();
  for (const { sha256, provenance } of originals) {
    const url = provenance.find(({ imageUrl }) => truth.has(imageUrl))?.imageUrl;
    const source = url === undefined ? undefined : truth.get(url)?.source;
    if (source !== undefined) sources.set(sha256, source);
  }
  return duplicateQuality(clusters, (id) => sources.get(id) ?? null);
}
