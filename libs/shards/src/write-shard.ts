import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { basename } from 'node:path';
import { WinnowError } from '@winnow/contracts';
import { commitFile, temporaryPath } from './durable-file';
import { readFinishedShard, writeFinishedShard } from './finished-shard';
import { writeFailure } from './io-failure';
import { membersOf } from './shard-members';
import type { ShardEntry, ShardRecord, ShardSample } from './shard-record';
import { BLOCK_BYTES, END_BYTES, paddedBytes } from './tar-block';
import { encodeTarHeader } from './tar-header';

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
    await commitFile(path);
    await writeFinishedShard(path, record, inputDigest);
    return { ...record, skipped: false };
  } catch (error) {
    throw writeFailure(error, path);
  }
}

async function writeTar(
  path: string,
  samples: ShardJob['entries'],
  signal: AbortSignal | undefined,
): Promise<ShardRecord> {
  const file = await open(temporaryPath(path), 'w');
  try {
    const writer = new TarWriter(file);
    const keys = new Set<string>();
    const entries: ShardEntry[] = [];
    for await (const sample of samples) {
      stopIfAborted(signal, path);
      const { key } = sample.record;
      if (keys.has(key)) throw new WinnowError('FORMAT_INVALID', `sample key "${key}" occurs twice`, { where: path });
      keys.add(key);
      const picture = await writer.addSample(sample);
      entries.push({ key, extension: sample.extension, ...picture });
    }
    return { name: basename(path), ...(await writer.end()), entries };
  } finally {
    await file.close();
  }
}

function stopIfAborted(signal: AbortSignal | undefined, path: string): void {
  if (signal?.aborted !== true) return;
  throw new WinnowError('INTERRUPTED', 'stopped while writing a shard', {
    where: path,
    next: 'Run the same command again to go on; finished shards are kept.',
  });
}

/** Appends to a file and keeps count of offsets and digests. */
class TarWriter {
  readonly #file: FileHandle;
  readonly #sha256 = createHash('sha256');
  readonly #md5 = createHash('md5');
  #offset = 0;

  constructor(file: FileHandle) {
    this.#file = file;
  }

  /** @returns where the picture lies */
  async addSample(sample: ShardSample): Promise<{ offset: number; length: number }> {
    const members = membersOf(sample);
    const offset = this.#offset + BLOCK_BYTES;
    for (const { name, bytes } of members) {
      const padding = Buffer.alloc(paddedBytes(bytes.length) - bytes.length);
      await this.#append(Buffer.concat([encodeTarHeader(name, bytes.length), bytes, padding]));
    }
    return { offset, length: members[0].bytes.length };
  }

  async end(): Promise<{ sha256: string; md5: string; sizeBytes: number }> {
    await this.#append(Buffer.alloc(END_BYTES));
    return { sha256: this.#sha256.digest('hex'), md5: this.#md5.digest('hex'), sizeBytes: this.#offset };
  }

  async #append(chunk: Buffer): Promise<void> {
    this.#sha256.update(chunk);
    this.#md5.update(chunk);
    await this.#file.appendFile(chunk);
    this.#offset += chunk.length;
  }
}
