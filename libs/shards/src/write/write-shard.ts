import { requireUninterrupted } from '@winnow/contracts';
import { commitFile } from '@winnow/files';
import { readFinishedShard, writeFinishedShard } from './shard-done-marker';
import { writeFailure } from '../io-failure';
import type { ShardRecord, ShardSample } from './shard-record';
import { prepareSample, TarWriter } from '../tar/tar-writer';

/** A shard to write. */
export interface ShardJob {
  /** Of the finished tar. */
  readonly path: string;
  /** In order; taken only when the shard is not there yet. Keys must differ. */
  readonly entries: Iterable<ShardSample> | AsyncIterable<ShardSample>;
  /** Names what the shard is made from; a finished shard made from something else is written again. */
  readonly inputDigest?: string;
  readonly signal?: AbortSignal;
}

/** What became of a shard. */
export interface WrittenShard extends ShardRecord {
  /** True where a finished shard with the recorded size and digest was there already. */
  readonly skipped: boolean;
}

/**
 * Writes a WebDataset tar: `<key>.jpg`, `<key>.cls`, `<key>.json` of each sample in a row, with fixed owner, mode and
 * time, so that the same samples give the same bytes. The file appears under its name only when it is complete and on
 * disk; `<path>.done.json` then records it, and writing it again does nothing.
 * @throws WinnowError FORMAT_INVALID (key, label), INTERRUPTED, DISK_FULL, FILE_NOT_WRITABLE
 */
export async function writeShard({ path, entries, inputDigest = '', signal }: ShardJob): Promise<WrittenShard> {
  const finished = await readFinishedShard(path, inputDigest);
  if (finished !== null) return { ...finished, skipped: true };
  try {
    const record = await writeTar(path, entries, signal);
    await commitShard(path, record, inputDigest);
    return { ...record, skipped: false };
  } catch (error) {
    throw writeFailure(error, path);
  }
}

/** Gives a tar its final name, and records it. */
export async function commitShard(path: string, record: ShardRecord, inputDigest: string): Promise<void> {
  await commitFile(path);
  await writeFinishedShard(path, record, inputDigest);
}

/** @throws WinnowError INTERRUPTED */
export function stopIfAborted(signal: AbortSignal | undefined, path: string): void {
  requireUninterrupted(signal, 'stopped while writing a shard', {
    where: path,
    next: 'Run the same command again to go on; finished shards are kept.',
  });
}

async function writeTar(
  path: string,
  samples: ShardJob['entries'],
  signal: AbortSignal | undefined,
): Promise<ShardRecord> {
  const writer = await TarWriter.open(path);
  try {
    for await (const sample of samples) {
      stopIfAborted(signal, path);
      await writer.add(prepareSample(sample));
    }
    return await writer.end();
  } catch (error) {
    await writer.close();
    throw error;
  }
}
