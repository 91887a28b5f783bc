import { WinnowError } from '@winnow/contracts';
import type { SampleRecord } from '@winnow/contracts';
import { stableJson } from '@winnow/files';
import type { ShardSample } from './shard-record';

/** One file in a shard. */
export interface ShardMember {
  readonly name: string;
  readonly bytes: Buffer;
}

/** Short enough for a plain tar header; no dot, because readers cut names at the first one. */
const KEY_PATTERN = /^[A-Za-z0-9_-]{1,80}$/;

/**
 * The files of a sample, image first.
 * @throws WinnowError FORMAT_INVALID for a key or label that readers would not understand
 */
export function membersOf({ record, extension, bytes }: ShardSample): [ShardMember, ShardMember, ShardMember] {
  if (!KEY_PATTERN.test(record.key)) {
    throw new WinnowError('FORMAT_INVALID', `"${record.key}" cannot be a sample key`, {
      next: 'Use 1 to 80 letters, digits, - and _.',
    });
  }
  if (!Number.isInteger(record.label) || record.label < 0) {
    throw new WinnowError('FORMAT_INVALID', `label ${record.label} is not a class index`, { where: record.key });
  }
  return [
    { name: `${record.key}.${extension}`, bytes: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength) },
    { name: `${record.key}.cls`, bytes: Buffer.from(String(record.label)) },
    { name: `${record.key}.json`, bytes: Buffer.from(stableJson(withFlags(record))) },
  ];
}

/** Readers that infer a schema want the same keys in every sample. */
export function withFlags(record: SampleRecord): SampleRecord {
  return { ...record, flags: record.flags ?? [] };
}
