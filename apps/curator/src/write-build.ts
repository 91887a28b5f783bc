import { mkdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import type { ProjectConfig } from '@winnow/config';
import { WinnowError } from '@winnow/contracts';
import type { CommandIo, JsonValue, SampleRecord } from '@winnow/contracts';
import { makeSquare } from '@winnow/imaging';
import { removeShardMarkers, shardName, writeManifest, writeShard } from '@winnow/shards';
import type { BuildShard, ShardSample } from '@winnow/shards';
import { DECODE_LIMITS, readOriginal, unreadableAfterAll } from './decode-originals';
import { version } from '../package.json';

/** Pictures encoded at once, a thread each. */
const AT_ONCE = 4;

export interface WriteJob {
  readonly config: ProjectConfig;
  /** Of `recordedConfig`. */
  readonly recorded: JsonValue;
  readonly samples: readonly SampleRecord[];
  /** Of the finished build; its bytes appear under `<directory>.partial` first. */
  readonly directory: string;
  readonly inputDigest: string;
  /** Digest that an earlier build of the same inputs had. */
  readonly expectedDigest?: string | undefined;
  readonly io: Pick<CommandIo, 'progress' | 'signal'>;
}

/**
 * Writes shards and lists of a build, going on where one of the same inputs stopped, and puts the folder in the place
 * of whatever has its name.
 * @throws WinnowError DATA_CORRUPT where the bytes are not those of the earlier build, DISK_FULL, INTERRUPTED
 */
export async function writeBuild(job: WriteJob): Promise<void> {
  const { config, recorded, directory } = job;
  const working = `${directory}.partial`;
  await mkdir(working, { recursive: true });
  const shards = await writeShards(job, working);
  const { digest } = await writeManifest(working, {
    name: config.name,
    classes: config.classes.map(({ name }) => name),
    config: recorded,
    createdBy: `winnow ${version}`,
    shards,
  });
  if (job.expectedDigest !== undefined && digest !== job.expectedDigest) {
    await rm(working, { recursive: true });
    throw new WinnowError(
      'DATA_CORRUPT',
      `Built again, the data set has the digest ${digest}, not ${job.expectedDigest}`,
      {
        where: directory,
        next: `An original was changed since: restore ${config.paths.blobs} from a copy, or crawl into a new project folder.`,
      },
    );
  }
  await removeShardMarkers(shards.map(({ name }) => path.join(working, name)));
  await rm(directory, { recursive: true, force: true });
  await rename(working, directory);
}

async function writeShards({ config, samples, inputDigest, io }: WriteJob, working: string): Promise<BuildShard[]> {
  const { shardSamples } = config.build;
  const task = io.progress.start({ label: 'write shards', total: samples.length, unit: 'images' });
  const shards: BuildShard[] = [];
  for (let from = 0; from < samples.length; from += shardSamples) {
    const records = samples.slice(from, from + shardSamples);
    const written = await writeShard({
      path: path.join(working, shardName('train', shards.length)),
      inputDigest,
      signal: io.signal,
      entries: encodeSamples(records, config),
    });
    shards.push({ ...written, split: 'train', records });
    task.update(from + records.length);
  }
  task.end();
  return shards;
}

/** In order, while the next ones are under way. */
async function* encodeSamples(records: readonly SampleRecord[], config: ProjectConfig): AsyncGenerator<ShardSample> {
  const underWay: Promise<ShardSample>[] = [];
  let next = 0;
  try {
    for (;;) {
      for (; underWay.length < AT_ONCE && next < records.length; next += 1) {
        underWay.push(encodeSample(records[next] as SampleRecord, config));
      }
      const first = underWay.shift();
      if (first === undefined) return;
      yield await first;
    }
  } finally {
    await Promise.allSettled(underWay);
  }
}

async function encodeSample(record: SampleRecord, { build, paths }: ProjectConfig): Promise<ShardSample> {
  const { size, resize: policy, quality, format } = build;
  const original = await readOriginal(paths.blobs, record.sha256);
  const square = await makeSquare(original, { size, policy, quality, format, maxPixels: DECODE_LIMITS.maxPixels });
  if (!square.ok) throw unreadableAfterAll(paths.blobs, record.sha256, square.detail);
  return { record, extension: format === 'png' ? 'png' : 'jpg', bytes: square.bytes };
}
