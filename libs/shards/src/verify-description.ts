import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stableJson } from '@winnow/files';
import { MANIFEST_FILES } from './manifest/build-manifest';
import type { BuildShard, DatasetManifest, StoredSample } from './manifest/build-manifest';
import type { BuildProblem } from './build-problem';
import { describeBuild } from './manifest/describe-build';
import { manifestTexts } from './manifest/manifest-texts';
import { plainFileBytes } from './read/plain-file';
import { isShardName } from './write/shard-name';

/**
 * Compares the files that have no digest (dataset.json, README.md, those for timm and wids) with what this program
 * writes for these samples. Only for builds that it made itself: another version may say the same otherwise.
 * @param samplesOf by shard, in order
 */
export async function verifyDescription(
  dir: string,
  manifest: DatasetManifest,
  samplesOf: ReadonlyMap<string, readonly StoredSample[]>,
): Promise<BuildProblem[]> {
  // A stored sample is both record and entry: nothing is copied.
  const shards = manifest.shards.map((shard): BuildShard => {
    const own = samplesOf.get(shard.name) ?? [];
    return { ...shard, entries: own, records: own };
  });
  let expected: DatasetManifest;
  let texts: ReturnType<typeof manifestTexts>;
  try {
    expected = expectedManifest(manifest, shards);
    texts = manifestTexts(expected, shards);
  } catch {
    return [{ shard: MANIFEST_FILES.samples, problem: 'its lines are not samples as winnow writes them' }];
  }
  const problems: BuildProblem[] = [];
  for (const file of ['dataset', 'timm', 'wids', 'card'] as const) {
    const path = join(dir, MANIFEST_FILES[file]);
    const size = await plainFileBytes(path);
    if (size === 'no plain file') {
      problems.push({ shard: MANIFEST_FILES[file], problem: size });
      continue;
    }
    const text = await readFile(path, 'utf8').catch(() => null);
    if (text === texts[file]) continue;
    const changed = file === 'dataset' ? changedKeys(manifest, expected) : [];
    const what = changed.length === 0 ? 'the file was changed' : `${changed.join(', ')} changed`;
    const problem = text === null ? 'missing' : `not what winnow writes for these samples: ${what}`;
    problems.push({ shard: MANIFEST_FILES[file], problem });
  }
  return problems;
}

/** Shards in the folder that dataset.json does not name: readers that list the folder would read them. */
export async function findStrayShards(dir: string, { shards }: DatasetManifest): Promise<BuildProblem[]> {
  const named = new Set(shards.map(({ name }) => name));
  const names = await readdir(dir).catch(() => []);
  return names
    .filter((name) => isShardName(name) && !named.has(name))
    .sort()
    .map((shard) => ({ shard, problem: 'a shard that is not in dataset.json' }));
}

function expectedManifest(manifest: DatasetManifest, shards: readonly BuildShard[]): DatasetManifest {
  const { attribution, lists, ...description } = manifest;
  const written = { attribution, lists } as Parameters<typeof describeBuild>[1];
  return describeBuild({ ...description, shards }, written);
}

function changedKeys(manifest: DatasetManifest, expected: DatasetManifest): string[] {
  const found = new Map(Object.entries(manifest));
  const wanted = new Map<string, unknown>(Object.entries(expected));
  return [...new Set([...found.keys(), ...wanted.keys()])]
    .filter((key) => stableJson(found.get(key)) !== stableJson(wanted.get(key)))
    .sort();
}
