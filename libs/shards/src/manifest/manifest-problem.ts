import type { DatasetManifest } from './build-manifest';
import { IMAGE_EXTENSIONS } from '../write/shard-record';

const SHA256 = /^[0-9a-f]{64}$/;
const MD5 = /^[0-9a-f]{32}$/;
/** No folder, no hidden file, nothing that a shell or a terminal reads. */
const PLAIN_NAME = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,254}$/;

/**
 * What is wrong with the shape of dataset.json, of which anything may have been written by anybody; null where nothing
 * is. Names of files must be such that they lie in the folder of the data set.
 */
export function manifestProblem(value: Partial<Record<keyof DatasetManifest, unknown>>): string | null {
  const { format, shards, classes, attribution, lists, samples } = value;
  if (format !== 'winnow-dataset-v1') return 'format';
  if (!isText(value.name) || !isText(value.createdBy)) return 'name or createdBy';
  if (!Array.isArray(classes) || !classes.every(isText)) return 'classes';
  if (!isCount(samples)) return 'samples';
  if (value.config === undefined) return 'config';
  if (!Array.isArray(shards)) return 'shards';
  const badShard = shards.findIndex((shard) => !isShard(shard));
  if (badShard >= 0) return `shards[${badShard}]`;
  if (attribution !== undefined && !isFile(attribution)) return 'attribution';
  if (lists !== undefined && !(Array.isArray(lists) && lists.every(isFile))) return 'lists';
  return null;
}

function isShard(value: unknown): boolean {
  if (!isFile(value)) return false;
  const { split, samples, md5 } = value as unknown as Readonly<Record<string, unknown>>;
  return isText(split) && isCount(samples) && typeof md5 === 'string' && MD5.test(md5);
}

function isFile(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const { name, sizeBytes, sha256 } = value as Readonly<Record<string, unknown>>;
  const isNamed = typeof name === 'string' && PLAIN_NAME.test(name);
  return isNamed && isCount(sizeBytes) && typeof sha256 === 'string' && SHA256.test(sha256);
}

/** Whether a line of samples.jsonl can be read with: a key that is a plain name, a place in a shard, a digest. */
export function isLocation(
  value: Partial<Record<'key' | 'extension' | 'offset' | 'length' | 'sha256', unknown>>,
): boolean {
  const { key, extension, offset, length, sha256 } = value;
  if (typeof sha256 !== 'string' || !SHA256.test(sha256)) return false;
  const isKnown = (IMAGE_EXTENSIONS as readonly unknown[]).includes(extension);
  return typeof key === 'string' && PLAIN_NAME.test(key) && isKnown && isCount(offset) && isCount(length);
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
