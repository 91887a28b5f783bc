import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isWinnowError } from '@winnow/contracts';
import type { LoadedBuild } from './load-manifest';
import { fileSha256 } from './finished-shard';
import { readShardIndex } from './read-shard-index';

/** Something wrong with a build. */
export interface BuildProblem {
  /** File name of the shard. */
  readonly shard: string;
  readonly problem: string;
}

/**
 * Checks every shard of a build: it is there, has the recorded size and digest, and its members lie where
 * samples.jsonl says. For proving a data set sound after it was copied or kept for long, and in specs: it reads every byte,
 * where `winnow build` only compares sizes.
 * @returns problems, in shard order; none for a sound build
 */
export async function verifyBuild(dir: string, { manifest, samples }: LoadedBuild): Promise<BuildProblem[]> {
  const problems: BuildProblem[] = [];
  const placesOf = new Map<string, Set<string>>(manifest.shards.map((shard) => [shard.name, new Set()]));
  for (const { shard, key, extension, offset, length } of samples) {
    placesOf.get(shard)?.add(`${key}.${extension} at ${offset}, ${length} bytes`);
  }
  for (const { name, sizeBytes, sha256 } of manifest.shards) {
    const report = (problem: string): void => void problems.push({ shard: name, problem });
    const path = join(dir, name);
    const size = await stat(path).then(
      (stats) => stats.size,
      () => null,
    );
    if (size === null) {
      report('missing');
      continue;
    }
    if (size !== sizeBytes) report(`${size} bytes, not ${sizeBytes}`);
    else if ((await fileSha256(path)) !== sha256) report('digest differs: the file was changed');
    for (const problem of await comparePlaces(path, placesOf.get(name) ?? new Set())) report(problem);
  }
  return problems;
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
