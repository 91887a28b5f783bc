import path from 'node:path';
import type { ProjectConfig } from '@winnow/config';
import { isWinnowError, withProgress } from '@winnow/contracts';
import type { CommandIo } from '@winnow/contracts';
import { latestBuild, listOriginalFiles, listSamples, resolveBuildId } from '@winnow/db';
import type { BuildRecord, Database } from '@winnow/db';
import { loadManifest, MANIFEST_FILES, readDataset, verifyBuild } from '@winnow/shards';
import type { DatasetManifest, StoredSample } from '@winnow/shards';
import { CREATED_BY } from '../../build/write-build';
import { compareRows } from './compare-rows';
import type { VerifyProblem } from './compare-rows';
import { repairOriginals } from './repair-originals';
import type { RepairResult } from './repair-originals';
import { verifyOriginals } from './verify-originals';

export interface VerifyProjectOptions {
  readonly config: ProjectConfig;
  readonly db: Database;
  readonly io: Pick<CommandIo, 'log' | 'progress' | 'signal'>;
  /** As `resolveBuildId` takes it. */
  readonly build: string;
  /** Whether the originals are read too. */
  readonly originals: boolean;
  /** Whether originals are read, and those that are gone or were changed brought back. */
  readonly repair?: boolean;
}

export interface VerifyResult extends VerifiedBuild {
  /** Files of originals that were read; null where they were not. */
  readonly originals: number | null;
  /** Null where nothing was to be repaired. */
  readonly repair: RepairResult | null;
}

interface VerifiedBuild {
  /** Null where originals were read before there is a build. */
  readonly id: string | null;
  readonly digest: string | null;
  readonly samples: number;
  readonly shards: number;
  readonly problems: readonly VerifyProblem[];
  /** What was not checked, and why. */
  readonly notes: readonly string[];
}

/**
 * Proves a build sound, or says all that is wrong with it: every byte of its files against the recorded digests,
 * samples.jsonl against shards, descriptions and database and, if asked, every original against its digest. Originals
 * are read before there is a build, too.
 * @throws WinnowError MISSING_INPUT, USAGE where the build is not known; INTERRUPTED
 */
export async function verifyProject(options: VerifyProjectOptions): Promise<VerifyResult> {
  const { config, db, io, originals, repair = false } = options;
  const files = originals || repair ? await listOriginalFiles(db, config.name) : null;
  const verified = await verifyNamedBuild(options, files !== null && files.length > 0);
  const inOriginals = files === null ? [] : await verifyOriginals(files, { blobsDir: config.paths.blobs, io });
  const damaged = repair ? inOriginals.flatMap(({ sha256 }) => sha256 ?? []) : [];
  const repaired = damaged.length === 0 ? null : await repairOriginals(damaged, { config, db, io });
  const restored = new Set(repaired?.restored);
  const left = inOriginals.filter(({ sha256 = '' }) => !restored.has(sha256));
  return {
    ...verified,
    originals: files?.length ?? null,
    problems: [...verified.problems, ...left],
    repair: repaired,
  };
}

const NO_BUILD: VerifiedBuild = {
  ...{ id: null, digest: null, samples: 0, shards: 0, problems: [] },
  notes: ['There is no build yet: only the originals were read.'],
};

async function verifyNamedBuild(
  { config, db, io, build }: VerifyProjectOptions,
  mayLack: boolean,
): Promise<VerifiedBuild> {
  const record =
    build === 'current' && mayLack ? await latestBuild(db, config.name) : await namedBuild(db, config, build);
  if (record === undefined) return NO_BUILD;
  const { id, digest } = record;
  const rows = await listSamples(db, id);
  const directory = path.join(config.paths.builds, id);
  const { manifest, samples, problems } = await readLists(directory);
  const inFiles = manifest === null ? [] : await verifyFiles(directory, { manifest, samples }, io);
  const inRows = samples === null ? [] : compareRows(samples, rows);
  return {
    ...{ id, digest, samples: rows.length, shards: manifest?.shards.length ?? 0 },
    problems: [...problems, ...compareDigests(manifest, record), ...inFiles, ...inRows],
    notes: manifest === null ? [] : notesOn(manifest),
  };
}

async function namedBuild(db: Database, { name }: ProjectConfig, build: string): Promise<BuildRecord | undefined> {
  return latestBuild(db, name, await resolveBuildId(db, name, build));
}

function compareDigests(manifest: DatasetManifest | null, { digest }: BuildRecord): readonly VerifyProblem[] {
  if (manifest === null || manifest.digest === digest) return [];
  const problem = `its digest is ${manifest.digest}, in the database ${digest}`;
  return [{ file: MANIFEST_FILES.dataset, problem, kind: 'build' }];
}

function notesOn({ createdBy }: DatasetManifest): readonly string[] {
  if (createdBy === CREATED_BY) return [];
  const { dataset, card, timm, wids } = MANIFEST_FILES;
  return [
    `Not compared with the samples: ${card}, ${timm}, ${wids} and the counts of ${dataset}. They are of ${createdBy}, this is ${CREATED_BY}.`,
  ];
}

interface Lists {
  readonly manifest: DatasetManifest | null;
  readonly samples: readonly StoredSample[] | null;
  readonly problems: readonly VerifyProblem[];
}

/** As much of a build's lists as can be read. */
async function readLists(directory: string): Promise<Lists> {
  try {
    return { ...(await loadManifest(directory)), problems: [] };
  } catch (error) {
    if (!isWinnowError(error)) throw error;
    const manifest = await readDataset(directory).catch((other: unknown) => {
      if (isWinnowError(other)) return null;
      throw other;
    });
    const file = manifest === null ? MANIFEST_FILES.dataset : MANIFEST_FILES.samples;
    const where = error.where === undefined ? '' : ` (${path.basename(error.where)})`;
    return { manifest, samples: null, problems: [{ file, problem: `${error.message}${where}`, kind: 'build' }] };
  }
}

async function verifyFiles(
  directory: string,
  { manifest, samples }: Pick<Lists, 'samples'> & { readonly manifest: DatasetManifest },
  io: VerifyProjectOptions['io'],
): Promise<readonly VerifyProblem[]> {
  const { shards, attribution, lists = [] } = manifest;
  const files = [...shards, ...(attribution === undefined ? [] : [attribution]), ...lists];
  const total = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  let done = 0;
  const problems = await withProgress(io.progress, { label: 'verify', total, unit: 'bytes' }, (task) =>
    verifyBuild(
      directory,
      { manifest, samples },
      {
        signal: io.signal,
        createdBy: CREATED_BY,
        onBytes(count) {
          done += count;
          task.update(done);
        },
      },
    ),
  );
  return problems.map(({ shard, ...problem }) => ({ file: shard, ...problem, kind: 'build' }));
}
