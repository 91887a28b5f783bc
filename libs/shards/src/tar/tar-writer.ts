import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { basename } from 'node:path';
import { WinnowError } from '@winnow/contracts';
import { temporaryPath, WRITE_BATCH_BYTES } from '@winnow/files';
import { membersOf } from '../write/shard-members';
import type { ShardMember } from '../write/shard-members';
import type { ShardEntry, ShardRecord, ShardSample } from '../write/shard-record';
import { BLOCK_BYTES, END_BYTES, paddedBytes } from './tar-block';
import { encodeTarHeader } from './tar-header';

/** A sample as a shard will hold it. */
export interface PreparedSample extends Pick<ShardEntry, 'key' | 'extension'> {
  /** Image first. */
  readonly members: readonly [ShardMember, ...ShardMember[]];
  /** With headers and padding. */
  readonly sizeBytes: number;
}

/** @throws WinnowError FORMAT_INVALID for a key or label that readers would not understand */
export function prepareSample(sample: ShardSample): PreparedSample {
  const members = membersOf(sample);
  const sizeBytes = members.reduce((total, { bytes }) => total + BLOCK_BYTES + paddedBytes(bytes.length), 0);
  return { key: sample.record.key, extension: sample.extension, members, sizeBytes };
}

/** Writes a tar under its temporary name, keeping count of offsets and digests. */
export class TarWriter {
  readonly #path: string;
  readonly #file: FileHandle;
  readonly #sha256 = createHash('sha256');
  readonly #md5 = createHash('md5');
  readonly #keys = new Set<string>();
  readonly #entries: ShardEntry[] = [];
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  #offset = 0;

  private constructor(path: string, file: FileHandle) {
    this.#path = path;
    this.#file = file;
  }

  /** @param path of the finished tar */
  static async open(path: string): Promise<TarWriter> {
    return new TarWriter(path, await open(temporaryPath(path), 'w'));
  }

  get samples(): number {
    return this.#entries.length;
  }

  /** Of the finished tar, if it also held this sample. */
  sizeBytesWith({ sizeBytes }: PreparedSample): number {
    return this.#offset + sizeBytes + END_BYTES;
  }

  /** @throws WinnowError FORMAT_INVALID for a key that was there */
  async add({ key, extension, members }: PreparedSample): Promise<void> {
    if (this.#keys.has(key)) {
      throw new WinnowError('FORMAT_INVALID', `sample key "${key}" occurs twice`, { where: this.#path });
    }
    this.#keys.add(key);
    this.#entries.push({ key, extension, offset: this.#offset + BLOCK_BYTES, length: members[0].bytes.length });
    for (const member of members) this.#put(member);
    if (this.#waitingBytes >= WRITE_BATCH_BYTES) await this.#flush();
  }

  /** Ends the tar and closes it. */
  async end(): Promise<ShardRecord> {
    this.#append(Buffer.alloc(END_BYTES));
    await this.#flush();
    await this.close();
    return {
      name: basename(this.#path),
      sha256: this.#sha256.digest('hex'),
      md5: this.#md5.digest('hex'),
      sizeBytes: this.#offset,
      entries: this.#entries,
    };
  }

  close(): Promise<void> {
    return this.#file.close();
  }

  #put({ name, bytes }: ShardMember): void {
    this.#append(encodeTarHeader(name, bytes.length));
    this.#append(bytes);
    this.#append(Buffer.alloc(paddedBytes(bytes.length) - bytes.length));
  }

  #append(bytes: Uint8Array): void {
    this.#waiting.push(bytes);
    this.#waitingBytes += bytes.length;
    this.#offset += bytes.length;
  }

  async #flush(): Promise<void> {
    const batch = Buffer.concat(this.#waiting);
    this.#waiting = [];
    this.#waitingBytes = 0;
    this.#sha256.update(batch);
    this.#md5.update(batch);
    await this.#file.appendFile(batch);
  }
}
