import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import type { JsonValue } from '@winnow/contracts';

import { fileError, makeDurableFolder, syncFolder, systemErrorCode, writeFileAtomic } from '@winnow/files';
import { readLatestCheckpoint } from './checkpoint-store';
import { trimMetrics } from './metrics-file';
import { Run } from './run';
import { runFolderName, runIdentity, type RunNameParts } from './run-identity';
import type { RunManifest, RunManifestInput } from './run-manifest';
import { findRun, type RunRecord, type RunState } from './run-record-files';

export interface OpenRunOptions {
  readonly name: RunNameParts;
  /** Resolved configuration; part of the run's identity. */
  readonly config: JsonValue;
  readonly manifest: RunManifestInput;
}

/**
 * The run of this identity and project under `rootDir`: a finished one as it is, an unfinished one trimmed to its latest
 * checkpoint, else a new folder (numbered where the name is taken by a run of another identity).
 * @throws WinnowError DISK_FULL, FILE_NOT_WRITABLE, DATA_CORRUPT
 */
export async function openRun(rootDir: string, options: OpenRunOptions): Promise<Run> {
  const { name, config, manifest } = options;
  const parts = { ...manifest, config, method: name.method, seed: name.seed };
  const identity = runIdentity(parts);
  // Projects of one folder may have the same images: every command asks for runs of its own project.
  const ownIdentity = runIdentity({ ...parts, config: { project: name.project, config } });
  const own = await findRun(rootDir, ownIdentity);
  const found = own ?? (await findRun(rootDir, identity));
  if (found === null) return create(rootDir, identity, options);
  return found.manifest.project === name.project ? reopen(found) : create(rootDir, ownIdentity, options);
}

async function reopen(found: RunRecord): Promise<Run> {
  if (found.finished) return new Run(found.folder, 'finished', found);
  const checkpoint = await readLatestCheckpoint(join(found.folder, 'checkpoints'));
  const metrics = await trimMetrics(join(found.folder, 'metrics.jsonl'), checkpoint?.state.epoch ?? 0);
  return new Run(found.folder, 'resumed', { ...found, metrics });
}

async function create(rootDir: string, identity: string, { name, config, manifest }: OpenRunOptions): Promise<Run> {
  const folder = await makeFolder(rootDir, runFolderName(name));
  const full: RunManifest = {
    identity,
    project: name.project,
    method: name.method,
    seed: name.seed,
    seeds: manifest.seeds ?? {},
    startedAt: manifest.startedAt,
    versions: manifest.versions,
    git: manifest.git,
    buildDigest: manifest.buildDigest,
    teacherDigest: manifest.teacherDigest,
    ...(manifest.imageEngines === undefined ? {} : { imageEngines: manifest.imageEngines }),
    attribution: manifest.attribution ?? null,
    engine: manifest.engine,
    device: manifest.device,
    weights: null,
    wallSeconds: null,
    peakMemoryBytes: null,
  };
  const state: RunState = { identity, status: 'running' };
  await writeFileAtomic(join(folder, 'manifest.json'), `${JSON.stringify(full, null, 2)}\n`);
  await writeFileAtomic(join(folder, 'config.json'), `${JSON.stringify(config, null, 2)}\n`);
  // Last, so that a folder with a state always has the files above; one without is passed over.
  await writeFileAtomic(join(folder, 'state.json'), `${JSON.stringify(state, null, 2)}\n`);
  return new Run(folder, 'new', { manifest: full, config, metrics: [], summary: null });
}

/** `name`, or `name-2`, `name-3`... where that exists. */
async function makeFolder(rootDir: string, name: string): Promise<string> {
  for (let number = 1; ; number += 1) {
    const folder = join(rootDir, number === 1 ? name : `${name}-${number}`);
    try {
      await makeDurableFolder(rootDir);
      await mkdir(folder);
      await syncFolder(rootDir);
      return folder;
    } catch (error) {
      if (systemErrorCode(error) === 'EEXIST' && number < 10_000) continue;
      throw fileError(error, folder);
    }
  }
}
