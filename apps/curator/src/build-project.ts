import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import type { ProjectConfig } from '@winnow/config';
import { WinnowError } from '@winnow/contracts';
import type { CommandIo, JsonValue } from '@winnow/contracts';
import { findBuild, listProjectImages, saveBuild } from '@winnow/db';
import type { BuildRecord, Database, StoredImage } from '@winnow/db';
import {
  decodeImage,
  encodeJpeg,
  encodePng,
  imagingVersions,
  resizeRgb,
  thumbnailDifference,
  thumbnailOf,
} from '@winnow/imaging';
import type { ImageLimits, RgbImage } from '@winnow/imaging';
import { loadManifest, removeShardMarkers, shardName, stableJson, writeManifest, writeShard } from '@winnow/shards';
import type { BuildShard, LoadedBuild, ShardSample } from '@winnow/shards';
import type { SampleRecord } from '@winnow/contracts';
import { decodeOriginals, readOriginal } from './decode-originals';
import { picturesToConfirm } from './pictures-to-confirm';
import { planBuild } from './plan-build';
import type { BuildPlan } from './plan-build';
import { version } from '../package.json';

export interface BuildProjectOptions {
  readonly config: ProjectConfig;
  readonly db: Database;
  readonly io: Pick<CommandIo, 'log' | 'progress' | 'signal'>;
}

export interface BuildResult {
  readonly record: BuildRecord;
  readonly directory: string;
  /** The same inputs had been built before. */
  readonly reused: boolean;
  readonly plan: BuildPlan;
  readonly originals: readonly StoredImage[];
}

/** Mean difference of thumbnails, 0..255, up to which small pictures are copies. */
const CONFIRM_DIFFERENCE = 8;

/**
 * Builds the project's data set from what was crawled: decode, deduplicate, resize, write shards, index. The same crawl
 * gives the same bytes; a killed build is taken up where it stopped; a finished one is not repeated.
 * @throws WinnowError MISSING_INPUT without originals, DATA_CORRUPT, DISK_FULL, INTERRUPTED
 */
export async function buildProject(options: BuildProjectOptions): Promise<BuildResult> {
  const { config, db } = options;
  const limits = {
    maxPixels: config.harvest.maxPixels,
    minSide: config.harvest.minSide,
    maxAspectRatio: config.harvest.maxAspectRatio,
  };
  await decodeOriginals({ db, project: config.name, blobsDir: config.paths.blobs, limits, io: options.io });
  const originals = await listProjectImages(db, config.name);
  if (originals.length === 0) {
    throw new WinnowError('MISSING_INPUT', 'Nothing has been crawled yet', {
      where: config.paths.file,
      next: `Run \`winnow crawl ${config.paths.file}\` first.`,
    });
  }
  const plan = await planWithThumbnails(originals, options, limits);
  const inputDigest = digestInputs(config, plan);
  const id = inputDigest.slice(0, 16);
  const directory = path.join(config.paths.builds, id);
  const found = await findBuild(db, config.name, inputDigest);
  if (found !== undefined && existsSync(path.join(directory, 'dataset.json')))
    return { record: found, directory, reused: true, plan, originals };
  // A build that was renamed but not indexed is complete; one under its working name is not.
  if (!existsSync(path.join(directory, 'dataset.json')))
    await writeBuild(options, { plan, id, directory, inputDigest, limits });
  const built = await loadManifest(directory);
  const record = toRecord(config, { built, id, inputDigest, plan });
  await saveBuild(db, record, { samples: built.samples.map(toRow), exclusions: plan.exclusions });
  return { record, directory, reused: false, plan, originals };
}

async function planWithThumbnails(
  originals: readonly StoredImage[],
  { config }: BuildProjectOptions,
  limits: ImageLimits,
): Promise<BuildPlan> {
  const { mergeBits, sameClassMergeBits, confirmBelowPixels } = config.build.dedupe;
  const thumbnails = new Map<string, Uint8Array>();
  const wanted = picturesToConfirm(originals, { belowPixels: confirmBelowPixels, radiusBits: sameClassMergeBits });
  for (const sha256 of wanted) thumbnails.set(sha256, thumbnailOf(await decode(config.paths.blobs, sha256, limits)));
  return planBuild(originals, {
    classes: config.classes.map(({ name }) => name),
    mergeBits,
    sameClassMergeBits,
    // A perceptual hash cannot tell small centred pictures apart; their pixels can.
    confirm(a, b) {
      const [first, second] = [thumbnails.get(a), thumbnails.get(b)];
      return first === undefined || second === undefined || thumbnailDifference(first, second) <= CONFIRM_DIFFERENCE;
    },
  });
}

/** Digest of everything that the bytes of a build follow from. */
function digestInputs(config: ProjectConfig, plan: BuildPlan): string {
  const inputs = {
    project: config.name,
    config: recordedConfig(config),
    samples: plan.samples,
    exclusions: plan.exclusions,
  };
  return createHash('sha256')
    .update(stableJson(inputs as unknown as JsonValue))
    .digest('hex');
}

/** Settings that shape a data set, or that its users must know of; no paths, ports or dates. */
function recordedConfig(config: ProjectConfig): JsonValue {
  const { respectRobots, resolve, engines, licenses, safe } = config.harvest;
  return {
    build: config.build,
    harvest: { engines, licenses, safe, respectRobots, resolvedHosts: Object.keys(resolve).sort() },
    imaging: imagingVersions(),
  } as unknown as JsonValue;
}

interface WriteJob {
  readonly plan: BuildPlan;
  readonly id: string;
  readonly directory: string;
  readonly inputDigest: string;
  readonly limits: ImageLimits;
}

async function writeBuild({ config, io }: BuildProjectOptions, job: WriteJob): Promise<void> {
  const working = `${job.directory}.partial`;
  await mkdir(working, { recursive: true });
  const { samples } = job.plan;
  const { shardSamples, format } = config.build;
  const task = io.progress.start({ label: 'write shards', total: samples.length, unit: 'images' });
  const shards: BuildShard[] = [];
  for (let from = 0; from < samples.length; from += shardSamples) {
    const records = samples.slice(from, from + shardSamples);
    const written = await writeShard({
      path: path.join(working, shardName('train', shards.length)),
      inputDigest: job.inputDigest,
      signal: io.signal,
      entries: encodeSamples(records, { config, limits: job.limits, extension: format === 'png' ? 'png' : 'jpg' }),
    });
    shards.push({ ...written, split: 'train', records });
    task.update(from + records.length);
  }
  await writeManifest(working, {
    name: config.name,
    classes: config.classes.map(({ name }) => name),
    config: recordedConfig(config),
    createdBy: `winnow ${version}`,
    shards,
  });
  await removeShardMarkers(shards.map(({ name }) => path.join(working, name)));
  await rm(job.directory, { recursive: true, force: true });
  await rename(working, job.directory);
  task.end();
}

async function* encodeSamples(
  records: readonly SampleRecord[],
  {
    config,
    limits,
    extension,
  }: { readonly config: ProjectConfig; readonly limits: ImageLimits; readonly extension: 'jpg' | 'png' },
): AsyncGenerator<ShardSample> {
  const { size, resize, quality } = config.build;
  for (const record of records) {
    const square = await resizeRgb(await decode(config.paths.blobs, record.sha256, limits), size, resize);
    yield {
      record,
      extension,
      bytes: extension === 'png' ? await encodePng(square) : await encodeJpeg(square, quality),
    };
  }
}

async function decode(blobsDir: string, sha256: string, limits: ImageLimits): Promise<RgbImage> {
  const decoded = await decodeImage(await readOriginal(blobsDir, sha256), limits);
  if (decoded.ok) return decoded.image;
  throw new WinnowError('DATA_CORRUPT', `An original that could be decoded before no longer can: ${decoded.detail}`, {
    where: path.join(blobsDir, sha256.slice(0, 2), sha256),
    next: 'Restore the file, or crawl into a new project folder.',
  });
}

function toRecord(
  config: ProjectConfig,
  { built, id, inputDigest, plan }: { built: LoadedBuild; id: string; inputDigest: string; plan: BuildPlan },
): BuildRecord {
  return {
    id,
    project: config.name,
    digest: built.manifest.digest,
    inputDigest,
    sampleCount: built.samples.length,
    config: recordedConfig(config),
    counts: plan.counts as unknown as JsonValue,
  };
}

function toRow(sample: LoadedBuild['samples'][number], position: number) {
  const { key, shard, offset, length, sha256, className, label, conflicts, copies } = sample;
  return { key, position, shard, offset, length, sha256, className, label, conflicts, copies };
}
