import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { WinnowError } from '@winnow/contracts';
import type { EpochMetrics, JsonValue, RunSummary } from '@winnow/contracts';

import { fileError, systemErrorCode } from '@winnow/files';
import { followMetrics, type MetricsPosition, NO_METRICS, readMetrics } from './metrics-file';
import type { RunManifest } from './run-manifest';

/** A run folder as read from the disk. */
export interface RunRecord {
  /** Path of the folder. */
  readonly folder: string;
  readonly identity: string;
  readonly finished: boolean;
  readonly manifest: RunManifest;
  readonly config: JsonValue;
  readonly metrics: readonly EpochMetrics[];
  /** Null until the run has finished. */
  readonly summary: RunSummary | null;
}

/** state.json: written after the other first files of a folder, and last when the run ends. */
export interface RunState {
  readonly identity: string;
  readonly status: 'running' | 'finished';
}

/** The run of that identity under `rootDir`, finished or not; null where there is none. */
export async function findRun(rootDir: string, identity: string): Promise<RunRecord | null> {
  for (const { folder, state } of await runFolders(rootDir)) {
    if (state.identity === identity) return await readRun(folder, state);
  }
  return null;
}

/** All whole runs under `rootDir`, by folder name. */
export async function listRuns(rootDir: string): Promise<RunRecord[]> {
  const records: RunRecord[] = [];
  for (const { folder, state } of await runFolders(rootDir)) records.push(await readRun(folder, state));
  return records;
}

/** Lists the runs under a folder again and again: of those that it knows it reads only what came since. */
export class RunFollower {
  readonly #known = new Map<string, { readonly state: string; readonly head: RunHead; metrics: MetricsPosition }>();

  constructor(readonly rootDir: string) {}

  /** All whole runs, by folder name. @throws WinnowError as listRuns */
  async list(): Promise<RunRecord[]> {
    const folders = await runFolders(this.rootDir);
    const there = new Set(folders.map(({ folder }) => folder));
    for (const folder of this.#known.keys()) if (!there.has(folder)) this.#known.delete(folder);
    const records: RunRecord[] = [];
    for (const { folder, state } of folders) records.push(await this.#follow(folder, state));
    return records;
  }

  async #follow(folder: string, state: RunState): Promise<RunRecord> {
    const before = this.#known.get(folder);
    const text = JSON.stringify(state);
    const head = before?.state === text ? before.head : await readHead(folder, state);
    const metrics = await followMetrics(join(folder, 'metrics.jsonl'), before?.metrics ?? NO_METRICS);
    this.#known.set(folder, { state: text, head, metrics });
    return { ...head, metrics: metrics.metrics };
  }
}

async function runFolders(rootDir: string): Promise<{ readonly folder: string; readonly state: RunState }[]> {
  const names = await readdir(rootDir).catch((error: unknown) => {
    if (systemErrorCode(error) === 'ENOENT') return [];
    throw fileError(error, rootDir);
  });
  const folders: { folder: string; state: RunState }[] = [];
  for (const name of names.sort()) {
    const state = await readState(join(rootDir, name));
    if (state !== null) folders.push({ folder: join(rootDir, name), state });
  }
  return folders;
}

async function readState(folder: string): Promise<RunState | null> {
  try {
    const state = JSON.parse(await readFile(join(folder, 'state.json'), 'utf8')) as Partial<RunState>;
    if (typeof state.identity !== 'string') return null;
    return { identity: state.identity, status: state.status === 'finished' ? 'finished' : 'running' };
  } catch {
    return null;
  }
}

async function readRun(folder: string, state: RunState): Promise<RunRecord> {
  return { ...(await readHead(folder, state)), metrics: await readMetrics(join(folder, 'metrics.jsonl')) };
}

/** What stays as it is until the run has finished, and afterwards. */
type RunHead = Omit<RunRecord, 'metrics'>;

async function readHead(folder: string, state: RunState): Promise<RunHead> {
  const finished = state.status === 'finished';
  return {
    folder,
    identity: state.identity,
    finished,
    manifest: await readJson<RunManifest>(join(folder, 'manifest.json')),
    config: await readJson<JsonValue>(join(folder, 'config.json')),
    summary: finished ? await readJson<RunSummary>(join(folder, 'summary.json')) : null,
  };
}

async function readJson<T>(path: string): Promise<T> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw fileError(error, path);
  });
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value as T;
  } catch {
    // Told below.
  }
  throw new WinnowError('DATA_CORRUPT', 'This file of a run is not JSON, or holds no object', {
    where: path,
    next: 'Move the run folder aside and train again.',
  });
}
