import path from 'node:path';
import type { ProjectConfig } from '@winnow/config';
import { type JsonValue, type NoiseKind, WinnowError } from '@winnow/contracts';
import { listBuilds, listExclusions, listSamples, listSplits, listSplitSamples } from '@winnow/db';
import type { BuildRecord, Database, SplitRecord, SplitRow } from '@winnow/db';
import { readDataset } from '@winnow/shards';

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
  /**
   * Of an original, or of the image that it was folded into; undefined where the split has not seen it.
   * @param listedUnder class of one listing of a world, where each listing is a sample
   */
  verdictOf(sha256: string, listedUnder?: string): SplitVerdict | undefined;
}

/**
 * The newest split of the newest data set that is no cleaned one itself: by `split.method` where that is named, with a
 * person's corrections where there are some.
 * @throws WinnowError MISSING_INPUT where there is none, or it was of other classes
 */
export async function loadBaseSplit(db: Database, config: ProjectConfig): Promise<BaseSplit> {
  const build = (await listBuilds(db, config.name)).find((one) => !isCleaned(one));
  const split = build && choose(await listSplits(db, config.name, build.id), config.split);
  if (build === undefined || split === undefined) {
    throw new WinnowError('MISSING_INPUT', 'The data set has not been split yet', {
      where: 'build.where, build.labels',
      next: `Run \`winnow build ${config.paths.file}\` without them, then \`winnow split ${config.paths.file}\`.`,
    });
  }
  const { classes } = await readDataset(path.join(config.paths.builds, build.id));
  requireClasses(classes, config);
  const rows = new Map((await listSplitSamples(db, split.id)).map((row) => [row.key, row]));
  const [byDigest, byListing] = [new Map<string, SplitVerdict>(), new Map<string, SplitVerdict>()];
  for (const { key, sha256, className } of await listSamples(db, build.id)) {
    const row = rows.get(key);
    if (row === undefined) continue;
    const verdict = toVerdict(row, className, classes);
    byDigest.set(sha256, verdict);
    byListing.set(`${sha256} ${className}`, verdict);
  }
  for (const { sha256, keptSha256 } of await listExclusions(db, build.id)) {
    const kept = keptSha256 === null ? undefined : byDigest.get(keptSha256);
    if (kept !== undefined && !byDigest.has(sha256)) byDigest.set(sha256, kept);
  }
  return {
    ...{ id: split.id, method: split.method, build: build.id },
    verdictOf: (sha256, listedUnder) =>
      listedUnder === undefined ? byDigest.get(sha256) : byListing.get(`${sha256} ${listedUnder}`),
  };
}

/** Made by a split, or with other labels than the given ones. */
function isCleaned({ config }: BuildRecord): boolean {
  const { split, build } = config as { readonly split?: JsonValue; readonly build?: { readonly labels?: string } };
  return split !== undefined || build?.labels !== undefined;
}

function choose(
  splits: readonly SplitRecord[],
  { method, corrections }: ProjectConfig['split'],
): SplitRecord | undefined {
  const named = splits.filter((split) => method === 'auto' || split.method === method);
  const isCorrected = ({ config }: SplitRecord): boolean =>
    (config as { readonly corrections?: JsonValue }).corrections !== undefined;
  return named.find((split) => isCorrected(split) === (corrections !== undefined)) ?? named[0];
}

function requireClasses(classes: readonly string[], { classes: wanted, paths }: ProjectConfig): void {
  const known = new Set(wanted.map(({ name }) => name));
  const gone = classes.find((name) => !known.has(name));
  if (gone === undefined && classes.length === wanted.length) return;
  throw new WinnowError('MISSING_INPUT', 'The data set was split with other classes than the project has now', {
    where: gone === undefined ? 'classes' : `class ${gone}`,
    next: `Run \`winnow build ${paths.file}\` without build.where and build.labels, then \`winnow split ${paths.file}\`.`,
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
