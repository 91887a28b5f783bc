import { mkdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import type { ProjectConfig } from '@winnow/config';
import { WinnowError, withProgress } from '@winnow/contracts';
import type { CommandIo, JsonValue, SampleRecord } from '@winnow/contracts';
import { CREATED_BY, encodingSettings, removeShardMarkers, writeManifest, writeShards } from '@winnow/shards';
import type { BuildShard, LoadedBuild } from '@winnow/shards';
import { blobPlace, originalsOf } from '@winnow/store';
import { encodeSamples } from '../encode/encode-samples';
import { openEncoder } from '../encode/encoding-threads';
import { planEncodingThreads } from '../encode/plan-encoding-threads';
import { inspectBuild } from './inspect-build';
import { ReusableImages } from '../encode/reusable-images';
import { workingFolder } from './working-folder';

export interface WriteJob {
  readonly config: ProjectConfig;
  /** Of `recordedConfig`. */
  readonly recorded: JsonValue;
  readonly samples: readonly SampleRecord[];
  /** Of the finished build; its bytes appear in its working folder first. */
  readonly directory: string;
  readonly inputDigest: string;
  /** Digest that an earlier build of the same inputs had. */
  readonly expectedDigest?: string | undefined;
  readonly io: Pick<CommandIo, 'progress' | 'signal'>;
}

/** Images that were not encoded for this build. */
export interface ReusedCounts {
  /** Taken from earlier builds of the project. */
  readonly reusedImages: number;
  /** Encoded while they were crawled. */
  readonly crawledImages: number;
}

export interface WriteResult extends ReusedCounts {
  readonly built: LoadedBuild;
}

/**
 * Writes shards and lists of a build, going on where one of the same inputs stopped, and puts the folder in the place
 * of whatever has its name. Images that a crawl or an earlier build encoded in the same way are not encoded again; the bytes are
 * the same either way, and with any number of threads.
 * @throws WinnowError DATA_CORRUPT where the bytes are not those of the earlier build, DISK_FULL, INTERRUPTED
 */
export async function writeBuild(job: WriteJob): Promise<WriteResult> {
  const { directory } = job;
  const working = workingFolder(directory);
  await mkdir(working, { recursive: true });
  // Complete, but not named: its markers may be gone already.
  const complete = await inspectBuild(working);
  const { built, reusedImages, crawledImages } =
    complete.build !== null && complete.problem === null
      ? { built: complete.build, reusedImages: 0, crawledImages: 0 }
      : await writeFiles(job, working);
  const { manifest } = built;
  if (job.expectedDigest !== undefined && manifest.digest !== job.expectedDigest) {
    await rm(working, { recursive: true });
    throw new WinnowError(
      'DATA_CORRUPT',
      `Built again, the data set has the digest ${manifest.digest}, not ${job.expectedDigest}`,
      {
        where: directory,
        next: 'The originals are sound, so images are encoded otherwise here: restore this folder from a copy, or build where it was made.',
      },
    );
  }
  await removeShardMarkers(manifest.shards.map(({ name }) => path.join(working, name)));
  await rm(directory, { recursive: true, force: true });
  await rename(working, directory);
  return { built, reusedImages, crawledImages };
}

async function writeFiles(job: WriteJob, working: string): Promise<WriteResult> {
  const { config, recorded } = job;
  const { shards, ...reused } = await writeAllShards(job, working);
  const built = await writeManifest(working, {
    name: config.name,
    classes: config.classes.map(({ name }) => name),
    config: recorded,
    createdBy: CREATED_BY,
    shards,
  });
  return { built, ...reused };
}

async function writeAllShards(
  { config, recorded, samples, inputDigest, io }: WriteJob,
  working: string,
): Promise<ReusedCounts & { readonly shards: readonly BuildShard[] }> {
  const { build, paths } = config;
  const reusable = await ReusableImages.find(paths, { config: recorded, createdBy: CREATED_BY, records: samples });
  const toEncode = samples.filter(({ sha256, unchanged }) => unchanged !== true && !reusable.has(sha256)).length;
  const { threads, atOnce } = planEncodingThreads(build.workers, toEncode);
  const encoder = openEncoder(encodingSettings(config), threads, io.signal);
  const counts = { build: 0, crawl: 0 };
  const maker = {
    originals: originalsOf(blobPlace(config)),
    encoder,
    reusable,
    atOnce,
    onReused: (from: keyof typeof counts) => void (counts[from] += 1),
  };
  try {
    const shown = { label: 'write shards', total: samples.length, unit: 'images' };
    const shards = await withProgress(io.progress, shown, (task) =>
      writeShards({
        dir: working,
        split: 'train',
        records: samples,
        bounds: { samples: build.shardSamples, bytes: build.shardBytes },
        encode: (from) => encodeSamples(samples, from, maker),
        inputDigest,
        signal: io.signal,
        onProgress: (done) => task.update(done),
      }),
    );
    return { shards, reusedImages: counts.build, crawledImages: counts.crawl };
  } finally {
    await encoder.close();
  }
}
