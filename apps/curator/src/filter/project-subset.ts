import type { ProjectConfig } from '@winnow/config';
import { WinnowError } from '@winnow/contracts';
import type { ExclusionRow, StoredImage } from '@winnow/db';
import { parseExclusions } from './parse-exclusions';
import type { Subset } from './select-image';
import { parseWhere } from './parse-where';

/**
 * The part of a project's images that `build.classes`, `where` and `exclude` ask for.
 * @throws WinnowError CONFIG_INVALID for a class that the project does not have (in `where` too), an expression or
 * exclusion that is not understood
 */
export function parseSubset({
  classes,
  build,
}: Pick<ProjectConfig, 'classes' | 'build'>): Omit<Subset, 'fetchOutcomes'> {
  const names = new Set(classes.map(({ name }) => name));
  const unknown = build.classes?.find((name) => !names.has(name));
  if (unknown !== undefined) {
    throw new WinnowError('CONFIG_INVALID', `"${unknown}" is no class of the project`, {
      where: 'build.classes',
      next: 'Name classes as the project file does; those with a comma in build.classes or --where, as it parts names on the command line.',
    });
  }
  return {
    classes: build.classes === undefined ? null : new Set(build.classes),
    where:
      build.where === undefined
        ? null
        : parseWhere(
            build.where,
            classes.map(({ name }) => name),
          ),
    exclude: parseExclusions(build.exclude),
  };
}

/** Each cluster to leave out must be that of one image. @throws WinnowError CONFIG_INVALID */
export function requireClusters(
  { exclude }: Pick<Subset, 'exclude'>,
  originals: readonly Pick<StoredImage, 'sha256'>[],
): void {
  for (const prefix of exclude.clusters) requireOne(prefix, originals);
}

/**
 * Clusters to leave out of which the plan has none: their images were left out before copies were looked for.
 * @returns their first digits, as asked for
 */
export function idleClusters(
  { exclude }: Pick<Subset, 'exclude'>,
  exclusions: readonly Pick<ExclusionRow, 'sha256' | 'detail'>[],
): readonly string[] {
  const leftOut = exclusions.filter(({ detail }) => detail?.startsWith('cluster:') === true);
  return exclude.clusters.filter((prefix) => !leftOut.some(({ sha256 }) => sha256.startsWith(prefix)));
}

function requireOne(prefix: string, originals: readonly Pick<StoredImage, 'sha256'>[]): void {
  const found = originals.filter(({ sha256 }) => sha256.startsWith(prefix));
  if (found.length === 1) return;
  const what = found.length === 0 ? 'No original has a digest' : `${found.length} originals have digests`;
  throw new WinnowError('CONFIG_INVALID', `${what} that begins with ${prefix}`, {
    where: 'build.exclude',
    next: 'Take the digest of any image of the cluster from samples.jsonl; more digits tell images apart.',
  });
}
