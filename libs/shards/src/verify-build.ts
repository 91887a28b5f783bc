import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { requireUninterrupted, isWinnowError } from '@winnow/contracts';
import { MANIFEST_FILES } from './manifest/build-manifest';
import type { DatasetManifest, FileSummary, StoredSample } from './manifest/build-manifest';
import type { BuildProblem } from './build-problem';
import { findChangedBytes } from './find-changed-bytes';
import type { ChangedBytes, ExpectedImage } from './find-changed-bytes';
import { fileSha256 } from './write/shard-done-marker';
import { readShardIndex } from './tar/read-shard-index';
import { plainFileBytes } from './read/plain-file';
import { findStrayShards, verifyDescription } from './verify-description';

export interface VerifyOptions {
  /** Told how many bytes were read. */
  readonly onBytes?: (count: number) => void;
  readonly signal?: AbortSignal;
  /** Helps to tell which image of a changed shard was changed. */
  readonly expectedImage?: ExpectedImage;
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
 * no shard is too many. For proving a data set sound after it was copied or kept
 * for long: it reads every byte, where `winnow build` only compares sizes.
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

const MISSING = 'missing';
const NOT_PLAIN = 'no plain file';
const CHANGED = 'digest differs: the file was changed';
/** Named of a problem's keys. */
const KEYS_SHOWN = 3;

async function verifyShard(
  dir: string,
  file: FileSummary,
  { own, options }: { readonly own: readonly StoredSample[] | null; readonly options: VerifyOptions },
): Promise<BuildProblem[]> {
  const { name } = file;
  const path = join(dir, name);
  const change = await changeOf(dir, file, options);
  if (change === MISSING || change === NOT_PLAIN) {
    return [own === null ? { shard: name, problem: change } : { shard: name, ...lost(change, own) }];
  }
  if (own === null) return change === null ? [] : [{ shard: name, problem: change }];
  if (change === CHANGED) return describeChanges(name, await findChanges(path, own, options));
  const locations = (await compareLocations(path, own)).map((problem) => ({ shard: name, problem }));
  if (change === null) return locations;
  const { size } = await stat(path);
  return [
    {
      shard: name,
      ...lost(
        change,
        own.filter(({ offset, length }) => offset + length > size),
      ),
    },
    ...locations,
  ];
}

/** Null where reading itself fails. */
async function findChanges(
  path: string,
  own: readonly StoredSample[],
  { expectedImage }: VerifyOptions,
): Promise<readonly ChangedBytes[]> {
  try {
    return await findChangedBytes(path, own, expectedImage ?? (() => Promise.resolve(null)));
  } catch (error) {
    // The places of samples.jsonl do not fit the file: where it was changed cannot be told.
    if (isWinnowError(error) && error.code === 'DATA_CORRUPT') return [];
    throw error;
  }
}

/** The changed bytes of each sample in one problem. */
function describeChanges(shard: string, changes: readonly ChangedBytes[]): BuildProblem[] {
  if (changes.length === 0) return [{ shard, problem: CHANGED }];
  const byKey = new Map<string | null, ChangedBytes[]>();
  for (const change of changes) byKey.set(change.key, [...(byKey.get(change.key) ?? []), change]);
  return [...byKey].map(([key, own]) => {
    const from = own[0]?.from ?? 0;
    const to = own.at(-1)?.to ?? from;
    const parts = [...new Set(own.map(({ part }) => part))].join(', ');
    const whose = key === null ? parts : `${parts} of ${key}`;
    const range = from === to ? `byte ${from}` : `bytes ${from} to ${to}`;
    return {
      shard,
      problem: `${CHANGED} (${whose}, ${range})`,
      ...(key === null ? {} : { keys: [key] }),
      bytes: [from, to],
    };
  });
}

function lost(change: string, samples: readonly StoredSample[]): Pick<BuildProblem, 'problem' | 'keys'> {
  const keys = samples.map(({ key }) => key);
  if (keys.length === 0) return { problem: change };
  const shown = keys.slice(0, KEYS_SHOWN).join(', ');
  return {
    problem: `${change} (${keys.length} images lost: ${shown}${keys.length > KEYS_SHOWN ? ', …' : ''})`,
    keys,
  };
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
  return (await fileSha256(path, onBytes)) === sha256 ? null : CHANGED;
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
