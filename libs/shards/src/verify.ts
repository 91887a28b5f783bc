import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isWinnowError, requireUninterrupted } from '@winnow/contracts';
import { fileSha256, stableJson } from '@winnow/files';
import { MANIFEST_FILES } from './manifest/build-manifest';
import type { BuildShard, DatasetManifest, FileSummary, StoredSample } from './manifest/build-manifest';
import { describeBuild } from './manifest/describe-build';
import { manifestTexts } from './manifest/manifest-texts';
import { plainFileBytes } from './read/plain-file';
import { readShardIndex } from './tar/read-shard-index';
import { isShardName } from './write/shard-name';

/** Something wrong with a file of a build. */
export interface BuildProblem {
  /** Name of the shard, or of another file. */
  readonly shard: string;
  readonly problem: string;
}

export interface VerifyOptions {
  /** Told how many bytes were read. */
  readonly onBytes?: (count: number) => void;
  readonly signal?: AbortSignal;
  /** Program and version that asks; files without a digest are compared only where it made the build. */
  readonly createdBy?: string;
}

interface Verifiable {
  readonly manifest: DatasetManifest;
  /** Null where samples.jsonl cannot be read: shards are then compared with their digests only. */
  readonly samples: readonly StoredSample[] | null;
}

/**
 * Checks every file of a build: those with a digest are there and have the recorded size and digest, the members of
 * shards are those that samples.jsonl names, the other files say what follows from it where this program made them, and
 * no shard is too many. For proving a data set sound after it was copied or kept for long.
 * @returns problems, in shard order, then those of attribution, lists, other files and stray shards; none for a sound build
 * @throws WinnowError INTERRUPTED
 */
export async function verifyBuild(
  dir: string,
  { manifest, samples }: Verifiable,
  options: VerifyOptions = {},
): Promise<BuildProblem[]> {
  const problems: BuildProblem[] = [];
  const samplesOf = samples === null ? null : groupByShard(manifest, samples);
  for (const shard of manifest.shards) {
    requireUninterrupted(options.signal, 'Stopped while verifying');
    const own = samplesOf?.get(shard.name) ?? null;
    for (const problem of await verifyShard(dir, shard, { own, options })) problems.push(problem);
  }
  const { attribution, lists = [] } = manifest;
  for (const file of attribution === undefined ? lists : [attribution, ...lists]) {
    requireUninterrupted(options.signal, 'Stopped while verifying');
    const change = await changeOf(dir, file, options);
    if (change !== null) problems.push({ shard: file.name, problem: change });
  }
  const isOurs = manifest.createdBy === options.createdBy;
  // From a changed list follows nothing.
  const isReadable = problems.every(({ shard }) => shard !== MANIFEST_FILES.samples);
  const described = samplesOf !== null && isOurs && isReadable ? await verifyDescription(dir, manifest, samplesOf) : [];
  return [...problems, ...described, ...(await findStrayShards(dir, manifest))];
}

async function verifyShard(
  dir: string,
  file: FileSummary,
  { own, options }: { readonly own: readonly StoredSample[] | null; readonly options: VerifyOptions },
): Promise<BuildProblem[]> {
  const { name } = file;
  const change = await changeOf(dir, file, options);
  if (change !== null) return [{ shard: name, problem: change }];
  const problems = own === null ? [] : await compareLocations(join(dir, name), own);
  return problems.map((problem) => ({ shard: name, problem }));
}

/** How a file differs from what is recorded; null where it does not. */
async function changeOf(
  dir: string,
  { name, sizeBytes, sha256 }: FileSummary,
  { onBytes }: VerifyOptions,
): Promise<string | null> {
  const path = join(dir, name);
  const size = await plainFileBytes(path);
  if (typeof size === 'string') return size;
  if (size !== sizeBytes) return `${size} bytes, not ${sizeBytes}`;
  return (await fileSha256(path, onBytes)) === sha256 ? null : 'digest differs: the file was changed';
}

/** Images without bytes, and files in the shard that no sample has. */
async function compareLocations(path: string, own: readonly StoredSample[]): Promise<string[]> {
  try {
    const members = await readShardIndex(path);
    const found = new Set(members.map(({ name, offset, length }) => describeLocation(name, offset, length)));
    const named = new Set(own.flatMap(({ key, extension }) => [`${key}.${extension}`, `${key}.cls`, `${key}.json`]));
    return [
      ...own
        .map(({ key, extension, offset, length }) => describeLocation(`${key}.${extension}`, offset, length))
        .filter((location) => !found.has(location))
        .map((location) => `no image ${location}`),
      ...members.filter(({ name }) => !named.has(name)).map(({ name }) => `${name} is in no line of samples.jsonl`),
    ];
  } catch (error) {
    // Its next step is that of a reader: what to do about a build is said once.
    if (isWinnowError(error)) return [error.where === undefined ? error.message : `${error.message} (${error.where})`];
    throw error;
  }
}

function describeLocation(name: string, offset: number, length: number): string {
  return `${name} at ${offset}, ${length} bytes`;
}

function groupByShard(
  { shards }: DatasetManifest,
  samples: readonly StoredSample[],
): ReadonlyMap<string, readonly StoredSample[]> {
  const groups = new Map<string, StoredSample[]>(shards.map(({ name }) => [name, []]));
  for (const sample of samples) groups.get(sample.shard)?.push(sample);
  return groups;
}

/**
 * Compares the files that have no digest (dataset.json, README.md, those for timm and wids) with what this program
 * writes for these samples. Only for builds that it made itself: another version may say the same otherwise.
 * @param samplesOf by shard, in order
 */
async function verifyDescription(
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
async function findStrayShards(dir: string, { shards }: DatasetManifest): Promise<BuildProblem[]> {
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
