import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { requireUninterrupted } from '@winnow/contracts';
import { MANIFEST_FILES } from './manifest/build-manifest';
import type { BuildShard, DatasetManifest, FileSummary, StoredSample } from './manifest/build-manifest';
import { describeBuild } from './manifest/describe-build';
import { manifestTexts } from './manifest/manifest-texts';
import { fileProblem } from './read/plain-file';
import { isShardName } from './write/shard-name';

/** Something wrong with a file of a build. */
export interface BuildProblem {
  /** Its name. */
  readonly file: string;
  readonly problem: string;
}

export interface VerifyOptions {
  /** Told how many bytes were read of files that have a digest. */
  readonly onBytes?: (count: number) => void;
  readonly signal?: AbortSignal;
  /** Program and version that asks; files without a digest are compared only where it made the build. */
  readonly createdBy?: string;
}

interface Verifiable {
  readonly manifest: DatasetManifest;
  /** Null where samples.jsonl cannot be read: nothing is then known of files without a digest. */
  readonly samples: readonly StoredSample[] | null;
}

/** Files of a build that have a digest: its shards, attribution and lists. */
export function recordedFiles({ shards, attribution, lists = [] }: DatasetManifest): readonly FileSummary[] {
  return [...shards, ...(attribution === undefined ? [] : [attribution]), ...lists];
}

/**
 * Checks every file of a build: those with a digest have the recorded size and digest, the others are what this program
 * writes for these samples where it made them itself, and no shard is too many. For proving a data set sound after it
 * was copied or kept for long.
 * @returns problems, in shard order, then those of attribution, lists, other files and stray shards; none for a sound build
 * @throws WinnowError INTERRUPTED
 */
export async function verifyBuild(
  dir: string,
  { manifest, samples }: Verifiable,
  { onBytes, signal, createdBy }: VerifyOptions = {},
): Promise<BuildProblem[]> {
  const problems: BuildProblem[] = [];
  const check = async (files: readonly FileSummary[], onBytesOf = onBytes): Promise<void> => {
    for (const file of files) {
      requireUninterrupted(signal, 'Stopped while verifying');
      const problem = await fileProblem(join(dir, file.name), file, onBytesOf);
      if (problem !== null) problems.push({ file: file.name, problem: `the file ${problem}` });
    }
  };
  await check(recordedFiles(manifest));
  // From a changed list follows nothing, and another version may say the same otherwise.
  const isListSound = samples !== null && problems.every(({ file }) => file !== MANIFEST_FILES.samples);
  const described = isListSound && manifest.createdBy === createdBy ? describedFiles(manifest, samples) : [];
  if (described !== null) await check(described, () => undefined);
  else problems.push({ file: MANIFEST_FILES.samples, problem: 'its lines are not samples as winnow writes them' });
  // Readers that list the folder would read them.
  const named = new Set(manifest.shards.map(({ name }) => name));
  for (const file of (await readdir(dir).catch(() => [])).sort()) {
    if (isShardName(file) && !named.has(file)) problems.push({ file, problem: 'a shard that is not in dataset.json' });
  }
  return problems;
}

/** dataset.json, README.md and the files for timm and wids, as this program writes them; null where it cannot for these samples. */
function describedFiles(manifest: DatasetManifest, samples: readonly StoredSample[]): readonly FileSummary[] | null {
  const samplesOf = new Map(manifest.shards.map(({ name }) => [name, [] as StoredSample[]]));
  for (const sample of samples) samplesOf.get(sample.shard)?.push(sample);
  // A stored sample is both record and entry: nothing is copied.
  const shards = manifest.shards.map((shard): BuildShard => {
    const own = samplesOf.get(shard.name) ?? [];
    return { ...shard, entries: own, records: own };
  });
  const { attribution, lists, ...description } = manifest;
  const written = { attribution, lists } as Parameters<typeof describeBuild>[1];
  try {
    const texts = manifestTexts(describeBuild({ ...description, shards }, written), shards);
    return (['dataset', 'timm', 'wids', 'card'] as const).map((file) => ({
      name: MANIFEST_FILES[file],
      sizeBytes: Buffer.byteLength(texts[file]),
      sha256: createHash('sha256').update(texts[file]).digest('hex'),
    }));
  } catch {
    return null;
  }
}
