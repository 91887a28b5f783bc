import path from 'node:path';
import type { ProjectConfig } from '@winnow/config';
import { isWinnowError, requireUninterrupted, withProgress } from '@winnow/contracts';
import type { CommandIo } from '@winnow/contracts';
import { latestBuild, listOriginalFiles, listSamples, resolveBuildId } from '@winnow/db';
import type { Database, OriginalFile, SampleRow } from '@winnow/db';
import {
  CREATED_BY,
  fileProblem,
  loadManifest,
  MANIFEST_FILES,
  readDataset,
  recordedFiles,
  verifyBuild,
} from '@winnow/shards';
import type { DatasetManifest, StoredSample } from '@winnow/shards';
import { blobPlace, originalsOf, requireStore } from '@winnow/store';
import type { BlobStore } from '@winnow/store';
import { repairOriginals } from './repair-originals';
import type { RepairResult } from './repair-originals';

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

/** What is wrong with one file of a build, or with its rows in the database. */
export interface VerifyProblem {
  /** Name of a file in the build's folder, path of an original, or `database`. */
  readonly file: string;
  readonly problem: string;
  /** What is to be mended: a file of the build, its rows, or an original. */
  readonly kind: 'build' | 'database' | 'original';
  /** Of an original, hex. */
  readonly sha256?: string;
  /** Of a row. */
  readonly keys?: readonly string[];
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

export interface VerifyResult extends VerifiedBuild {
  /** Files of originals that were read; null where they were not. */
  readonly originals: number | null;
  /** Null where nothing was to be repaired. */
  readonly repair: RepairResult | null;
}

/**
 * Proves a build sound, or says all that is wrong with it: every byte of its files against the recorded digests,
 * samples.jsonl against descriptions and database and, if asked, every original against its digest. Originals are read
 * before there is a build, too.
 * @throws WinnowError MISSING_INPUT, USAGE where the build is not known; INTERRUPTED
 */
export async function verifyProject(options: VerifyProjectOptions): Promise<VerifyResult> {
  const { config, db, io, originals, repair = false } = options;
  if (originals || repair) await requireStore(db, config.store);
  const files = originals || repair ? await listOriginalFiles(db, config.name) : null;
  const verified = await verifyNamedBuild(options, files !== null && files.length > 0);
  const inOriginals = files === null ? [] : await verifyOriginals(files, config, io);
  const damaged = repair ? inOriginals.map(({ sha256 }) => sha256) : [];
  const repaired = damaged.length === 0 ? null : await repairOriginals(damaged, { config, db, io });
  const restored = new Set(repaired?.restored);
  const left = inOriginals.filter(({ sha256 }) => !restored.has(sha256));
  const problems = [...verified.problems, ...left];
  return { ...verified, originals: files?.length ?? null, problems, repair: repaired };
}

async function verifyNamedBuild(
  { config, db, io, build }: VerifyProjectOptions,
  mayLack: boolean,
): Promise<VerifiedBuild> {
  const isAny = build === 'current' && mayLack;
  const record = await latestBuild(db, config.name, isAny ? undefined : await resolveBuildId(db, config.name, build));
  if (record === undefined) {
    const notes = ['There is no build yet: only the originals were read.'];
    return { id: null, digest: null, samples: 0, shards: 0, problems: [], notes };
  }
  const { id, digest } = record;
  const rows = await listSamples(db, id);
  const directory = path.join(config.paths.builds, id);
  const problems: VerifyProblem[] = [];
  const { manifest, samples } = await readLists(directory, problems);
  if (manifest === null) return { id, digest, samples: rows.length, shards: 0, problems, notes: [] };
  if (manifest.digest !== digest) {
    const problem = `its digest is ${manifest.digest}, in the database ${digest}`;
    problems.push({ file: MANIFEST_FILES.dataset, problem, kind: 'build' });
  }
  const total = recordedFiles(manifest).reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const found = await withProgress(io.progress, { label: 'verify', total, unit: 'bytes' }, (task) => {
    let done = 0;
    const onBytes = (count: number): void => task.update((done += count));
    return verifyBuild(directory, { manifest, samples }, { signal: io.signal, createdBy: CREATED_BY, onBytes });
  });
  for (const problem of found) problems.push({ ...problem, kind: 'build' });
  if (samples !== null) for (const problem of compareRows(samples, rows)) problems.push(problem);
  const { card, timm, wids, dataset } = MANIFEST_FILES;
  const notes =
    manifest.createdBy === CREATED_BY
      ? []
      : [
          `Not compared with the samples: ${card}, ${timm}, ${wids} and the counts of ${dataset}. They are of ${manifest.createdBy}, this is ${CREATED_BY}.`,
        ];
  return { id, digest, samples: rows.length, shards: manifest.shards.length, problems, notes };
}

/** As much of a build's lists as can be read; the others are null. @param problems gets what is wrong with those */
async function readLists(
  directory: string,
  problems: VerifyProblem[],
): Promise<{ readonly manifest: DatasetManifest | null; readonly samples: readonly StoredSample[] | null }> {
  try {
    return await loadManifest(directory);
  } catch (error) {
    if (!isWinnowError(error)) throw error;
    const manifest = await readDataset(directory).catch((other: unknown) => {
      if (isWinnowError(other)) return null;
      throw other;
    });
    const file = manifest === null ? MANIFEST_FILES.dataset : MANIFEST_FILES.samples;
    const where = error.where === undefined ? '' : ` (${path.basename(error.where)})`;
    problems.push({ file, problem: `${error.message}${where}`, kind: 'build' });
    return { manifest, samples: null };
  }
}

/** What both sides say of a sample. */
const COMPARED = ['shard', 'offset', 'length', 'sha256', 'className', 'label', 'copies'] as const;

/** Compares a build's rows with samples.jsonl: each sample must be on both sides, and both must say the same of it. */
function compareRows(samples: readonly StoredSample[], rows: readonly SampleRow[]): readonly VerifyProblem[] {
  const unmatched = new Map(samples.map((sample) => [sample.key, sample]));
  const problems: VerifyProblem[] = [];
  const report = (key: string, problem: string): void =>
    void problems.push({ file: 'database', kind: 'database', problem: `${key}: ${problem}`, keys: [key] });
  for (const row of rows) {
    const sample = unmatched.get(row.key);
    unmatched.delete(row.key);
    const name = sample && COMPARED.find((one) => row[one] !== sample[one]);
    if (sample === undefined) report(row.key, 'a row without bytes: no shard holds it');
    else if (name !== undefined) {
      report(row.key, `${name} is ${String(row[name])} in the database and ${String(sample[name])} in samples.jsonl`);
    }
  }
  for (const { key, shard } of unmatched.values()) report(key, `bytes without a row, in ${shard}`);
  return problems;
}

/** Originals that are read at once. */
const AT_ONCE = 4;

/** Reads every original and compares it with its digest and its recorded size. @throws WinnowError INTERRUPTED */
async function verifyOriginals(
  files: readonly OriginalFile[],
  config: ProjectConfig,
  { progress, signal }: Pick<CommandIo, 'progress' | 'signal'>,
): Promise<readonly (VerifyProblem & { readonly sha256: string })[]> {
  const problems: (VerifyProblem & { readonly sha256: string })[] = [];
  const originals = originalsOf(blobPlace(config));
  const problemOf = (file: OriginalFile): Promise<string | null> =>
    config.store === undefined ? fileProblem(originals.placeOf(file.sha256), file) : blobProblem(originals, file);
  await withProgress(progress, { label: 'verify originals', total: files.length, unit: 'images' }, async (task) => {
    for (let from = 0; from < files.length; from += AT_ONCE) {
      requireUninterrupted(signal, 'Stopped while verifying');
      const part = files.slice(from, from + AT_ONCE);
      const found = await Promise.all(part.map(problemOf));
      for (const [index, { sha256 }] of part.entries()) {
        const problem = found[index] ?? null;
        if (problem === null) continue;
        const file = originals.placeOf(sha256);
        problems.push({ file, problem: `the original ${problem}`, kind: 'original', sha256 });
      }
      task.update(from + part.length);
    }
  });
  return problems;
}

/** As fileProblem of a file. */
async function blobProblem(originals: BlobStore, { sha256, sizeBytes }: OriginalFile): Promise<string | null> {
  const read = await originals.read(sha256);
  if (!read.ok) return read.problem === 'missing' ? 'is missing' : 'was changed';
  return read.bytes.length === sizeBytes ? null : `has ${read.bytes.length} bytes, not ${sizeBytes}`;
}
