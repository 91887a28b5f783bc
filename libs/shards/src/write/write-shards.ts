import { join } from 'node:path';
import type { SampleRecord } from '@winnow/contracts';
import { WinnowError } from '@winnow/contracts';
import { stableJson } from '@winnow/files';
import type { BuildShard } from '../manifest/build-manifest';
import { readFinishedShard } from './shard-done-marker';
import { writeFailure } from '../io-failure';
import { shardName } from './shard-name';
import type { ShardRecord, ShardSample } from './shard-record';
import { prepareSample, TarWriter } from '../tar/tar-writer';
import type { PreparedSample } from '../tar/tar-writer';
import { commitShard, stopIfAborted } from './write-shard';

/** Where a shard ends. */
interface ShardBounds {
  /** Most samples. */
  readonly samples: number;
  /** Largest file; a single larger sample gets a shard of its own. */
  readonly bytes: number;
}

/** A split to write as shards. */
export interface ShardSeriesJob {
  /** Folder, which is there. */
  readonly dir: string;
  /** Such as `train`. */
  readonly split: string;
  /** In order, their keys all different. */
  readonly records: readonly SampleRecord[];
  readonly bounds: ShardBounds;
  /** Samples of `records` from a place on, in order; called again after shards that were there already. */
  readonly encode: (from: number) => AsyncIterable<ShardSample>;
  /** Names what records and images follow from; shards finished for something else are written again. */
  readonly inputDigest?: string;
  readonly signal?: AbortSignal;
  /** Told how many samples are in shards. */
  readonly onProgress?: (samples: number) => void;
}

/**
 * Writes samples as shards `train-000000.tar`, `train-000001.tar`, … A shard ends when it holds `bounds.samples`
 * samples, or before it would grow beyond `bounds.bytes`: the same records and images give the same files. While one
 * shard goes to disk the next one is filled. Finished shards of a run that was stopped are taken as they are.
 * @throws WinnowError FORMAT_INVALID (key, label), INTERRUPTED, DISK_FULL, FILE_NOT_WRITABLE, and what `encode` throws
 */
export async function writeShards(job: ShardSeriesJob): Promise<readonly BuildShard[]> {
  const { dir, split, records, bounds, encode, signal, onProgress } = job;
  const inputDigest = stableJson([job.inputDigest ?? '', bounds.samples, bounds.bytes]);
  const shards: BuildShard[] = [];
  let source: PreparedSamples | null = null;
  let committed: Promise<void> = Promise.resolve();
  let done = 0;
  try {
    while (done < records.length) {
      const path = join(dir, shardName(split, shards.length));
      const finished = await readFinishedShard(path, inputDigest);
      let shard: ShardRecord;
      if (finished !== null && holds(finished, records, done)) {
        await source?.close();
        source = null;
        shard = finished;
      } else {
        const at = done;
        source ??= new PreparedSamples(encode(at));
        shard = await fillShard(path, source, { bounds, signal, onSample: (count) => onProgress?.(at + count) });
        // In order, so that a stopped run leaves finished shards without a gap; and at most two shards are under way.
        await committed;
        committed = commitShard(path, shard, inputDigest);
        committed.catch(() => undefined);
      }
      shards.push({ ...shard, split, records: records.slice(done, done + shard.entries.length) });
      done += shard.entries.length;
      onProgress?.(done);
    }
    await committed;
  } catch (error) {
    throw writeFailure(error, dir);
  } finally {
    await source?.close();
    await committed.catch(() => undefined);
  }
  return shards;
}

/** Whether a finished shard holds the records from a place on. */
function holds({ entries }: ShardRecord, records: readonly SampleRecord[], from: number): boolean {
  return entries.length > 0 && entries.every(({ key }, index) => key === records[from + index]?.key);
}

async function fillShard(
  path: string,
  source: PreparedSamples,
  {
    bounds,
    signal,
    onSample,
  }: { bounds: ShardBounds; signal: AbortSignal | undefined; onSample: (count: number) => void },
): Promise<ShardRecord> {
  const writer = await TarWriter.open(path);
  try {
    while (writer.samples < bounds.samples) {
      stopIfAborted(signal, path);
      const sample = await source.peek();
      if (sample === null) break;
      if (writer.samples > 0 && writer.sizeBytesWith(sample) > bounds.bytes) break;
      await writer.add(sample);
      source.drop();
      onSample(writer.samples);
    }
    if (writer.samples === 0) throw new WinnowError('INTERNAL', 'there are fewer images than records', { where: path });
    return await writer.end();
  } catch (error) {
    await writer.close();
    throw error;
  }
}

/** A stream of samples whose next one can be looked at before it is taken. */
class PreparedSamples {
  readonly #samples: AsyncIterator<ShardSample>;
  #next: PreparedSample | null = null;

  constructor(samples: AsyncIterable<ShardSample>) {
    this.#samples = samples[Symbol.asyncIterator]();
  }

  /** Null at the end. */
  async peek(): Promise<PreparedSample | null> {
    if (this.#next === null) {
      const { done, value } = await this.#samples.next();
      this.#next = done === true ? null : prepareSample(value);
    }
    return this.#next;
  }

  drop(): void {
    this.#next = null;
  }

  async close(): Promise<void> {
    await this.#samples.return?.();
  }
}
