import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { isWinnowError, WinnowError } from '@winnow/contracts';
import type { ProjectConfig } from '@winnow/config';
import type { JsonValue } from '@winnow/contracts';
import { acquireLock, findBuild, markBuildUsed, saveBuild } from '@winnow/db';
import type { BuildRecord } from '@winnow/db';
import { CREATED_BY, encodingIdentity, removeEncodingCache } from '@winnow/shards';
import type { LoadedBuild } from '@winnow/shards';
import { inspectBuild } from './inspect-build';
import type { BuildPlan } from './plan-build';
import { prepareBuild } from './prepare-build';
import type { BuildProjectOptions, PreparedBuild } from './prepare-build';
import { removeAbandonedBuilds } from './remove-abandoned-builds';
import { writeBuild } from './write-build';
import type { ReusedCounts } from './write-build';

export interface BuildResult
  extends Pick<PreparedBuild, 'directory' | 'plan' | 'originals' | 'leaks'>, Partial<ReusedCounts> {
  readonly record: BuildRecord;
  /** The same inputs had been built before, and what was built is still there. */
  readonly reused: boolean;
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
  const { config, db } = options;
  const { id, inputDigest, directory, recorded, plan, originals, leaks, lastDecision } = await prepareBuild(options);
  const said = { directory, plan, originals, leaks };
  await removeAbandonedBuilds(config.paths.builds, {
    keep: id,
    touchedBefore: config.databaseUrl === undefined ? Infinity : Date.now() - ABANDONED_AFTER_MILLIS,
  });
  const found = await findBuild(db, config.name, inputDigest);
  const job = { plan, recorded, directory, inputDigest, recordedDigest: found?.digest };
  const { built, isAsFound, ...counts } = await takeOrWrite(options, job);
  const record = found ?? toRecord(config.name, { built, id, inputDigest, plan });
  if (found !== undefined) await markBuildUsed(db, { ...found, lastDecision });
  else {
    const rows = { samples: built.samples.map(toRow), exclusions: plan.exclusions };
    await saveBuild(db, { ...record, lastDecision }, rows);
  }
  await removeCrawledImages(config, recorded);
  return { ...said, record, reused: found !== undefined && isAsFound, ...counts };
}

/** The data set has them now. Where they cannot be removed they stay: nothing takes them for more than they are. */
async function removeCrawledImages({ paths }: ProjectConfig, recorded: JsonValue): Promise<void> {
  const identity = encodingIdentity(recorded, CREATED_BY);
  if (identity !== null) await removeEncodingCache(paths.state, identity).catch(() => undefined);
}

interface BuildJob {
  readonly plan: BuildPlan;
  readonly recorded: JsonValue;
  readonly directory: string;
  readonly inputDigest: string;
  readonly recordedDigest: string | undefined;
}

interface BuiltFolder extends ReusedCounts {
  readonly built: LoadedBuild;
  /** It was there, and whole. */
  readonly isAsFound: boolean;
}

/** The folder of a build: as it is, if it is whole, else written. One that was renamed but not indexed may be whole, too. */
async function takeOrWrite({ config, io }: BuildProjectOptions, job: BuildJob): Promise<BuiltFolder> {
  const { plan, recorded, directory, inputDigest, recordedDigest } = job;
  const release = await lockBuild(directory);
  try {
    const { build, problem } = await inspectBuild(directory, recordedDigest);
    if (build !== null && problem === null) return { built: build, isAsFound: true, reusedImages: 0, crawledImages: 0 };
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
