import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isWinnowError } from '@winnow/contracts';
import type { FileSummary } from './build-manifest';
import type { LoadedBuild } from './load-manifest';
import { fileSha256 } from './finished-shard';
import { readShardIndex } from './read-shard-index';

/** Something wrong with a build. */
export interface BuildProblem {
  /** File name of the shard, or of the attribution. */
  readonly shard: string;
  readonly problem: string;
}

/**
 * Checks the attribution and every shard of a build: it is there, has the recorded size and digest, and its members lie
 * where samples.jsonl says. For proving a data set sound after it was copied or kept for long, and in specs: it reads every byte,
 * where `winnow build` only compares sizes.
 * @returns problems, in shard order, the attribution's last; none for a sound build
 */
export async function verifyBuild(dir: string, { manifest, samples }: LoadedBuild): Promise<BuildProblem[]> {
  const problems: BuildProblem[] = [];
  const placesOf = new Map<string, Set<string>>(manifest.shards.map((shard) => [shard.name, new Set()]));
  for (const { shard, key, extension, offset, length } of samples) {
    placesOf.get(shard)?.add(`${key}.${extension} at ${offset}, ${length} bytes`);
  }
  for (const file of manifest.shards) {
    const { name } = file;
    const report = (problem: string): void => void problems.push({ shard: name, problem });
    const change = await changeOf(dir, file);
    if (change !== null) report(change);
    if (change === MISSING) continue;
    for (const problem of await comparePlaces(join(dir, name), placesOf.get(name) ?? new Set())) report(problem);
  }
  const { attribution } = manifest;
  const change = attribution === undefined ? null : await changeOf(dir, attribution);
  if (attribution !== undefined && change !== null) problems.push({ shard: attribution.name, problem: change });
  return problems;
}

const MISSING = 'missing';

/** How a file differs from what is recorded; null where it does not. */
async function changeOf(dir: string, { name, sizeBytes, sha256 }: FileSummary): Promise<string | null> {
  const path = join(dir, name);
  const size = await stat(path).then(
    (stats) => stats.size,
    () => null,
  );
  if (size === null) return MISSING;
  if (size !== sizeBytes) return `${size} bytes, not ${sizeBytes}`;
  return (await fileSha256(path)) === sha256 ? null : 'digest differs: the file was changed';
}

async function comparePlaces(path: string, expected: ReadonlySet<string>): Promise<string[]> {
  try {
    const members = await readShardIndex(path);
    const found = new Set(members.map(({ name, offset, length }) => `${name} at ${offset}, ${length} bytes`));
    return [...expected].filter((place) => !found.has(place)).map((place) => `no picture ${place}`);
  } catch (error) {
    if (isWinnowError(error)) return [error.toLine()];
    throw error;
  }
}
