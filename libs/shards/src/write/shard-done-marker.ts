import { readFile, rm, stat } from 'node:fs/promises';
import { fileSha256, stableJson, writeDurably } from '@winnow/files';
import type { ShardRecord } from './shard-record';

/** Marker beside a finished shard. */
interface FinishedShard extends ShardRecord {
  readonly inputDigest: string;
}

function markerPath(path: string): string {
  return `${path}.done.json`;
}

/** The record of a finished shard, if the file still has the recorded size and digest; null otherwise. */
export async function readFinishedShard(path: string, inputDigest: string): Promise<ShardRecord | null> {
  const marker = await readMarker(path);
  if (marker === null || marker.inputDigest !== inputDigest) return null;
  try {
    if ((await stat(path)).size !== marker.sizeBytes) return null;
    if ((await fileSha256(path)) !== marker.sha256) return null;
  } catch {
    return null;
  }
  const { name, sha256, md5, sizeBytes, entries } = marker;
  return { name, sha256, md5, sizeBytes, entries };
}

export async function writeFinishedShard(path: string, record: ShardRecord, inputDigest: string): Promise<void> {
  const marker: FinishedShard = { ...record, inputDigest };
  await writeDurably(markerPath(path), [stableJson(marker), '\n']);
}

/** Deletes the markers of shards, for a build that is complete. */
export async function removeShardMarkers(paths: readonly string[]): Promise<void> {
  await Promise.all(paths.map((path) => rm(markerPath(path), { force: true })));
}

/** A marker that cannot be read, or is not one, counts as none: the shard is written again. */
async function readMarker(path: string): Promise<FinishedShard | null> {
  try {
    const value = JSON.parse(await readFile(markerPath(path), 'utf8')) as Partial<FinishedShard>;
    return Array.isArray(value.entries) && typeof value.sha256 === 'string' ? (value as FinishedShard) : null;
  } catch {
    return null;
  }
}
