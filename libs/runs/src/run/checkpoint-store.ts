import { createHash } from 'node:crypto';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { type JsonValue, WinnowError } from '@winnow/contracts';
import { fileError, makeDurableFolder, writeFileAtomic } from '@winnow/files';

/** Where a run stood when its checkpoint was taken. */
export interface CheckpointState {
  /** Whole epochs done, and written to the metrics. */
  readonly epoch: number;
  /** Optimiser steps done since the start of the run. */
  readonly step: number;
  /** Whatever else the loop needs to go on. */
  readonly loop?: JsonValue;
}

export interface Checkpoint {
  readonly bytes: Uint8Array;
  readonly state: CheckpointState;
}

interface CheckpointRecord {
  readonly sha256: string;
  readonly state: CheckpointState;
}

const KEPT = 2;
const RECORD = /^(step-\d+)\.json$/;
const FILE = /^(step-\d+)\.(?:json|bin)$/;
/** What writeFileAtomic had begun when it was killed; only one process writes here. */
const HALF_WRITTEN = /^\.step-\d+\.(?:json|bin)\..*\.tmp$/;

/** Writes the bytes, then the record that names their digest: the record's rename is what makes it a checkpoint. */
export async function saveCheckpointFiles(folder: string, { bytes, state }: Checkpoint): Promise<void> {
  const name = `step-${String(state.step).padStart(9, '0')}`;
  const record: CheckpointRecord = { sha256: sha256(bytes), state };
  await makeDurableFolder(folder).catch((error: unknown) => {
    throw fileError(error, folder);
  });
  await writeFileAtomic(join(folder, `${name}.bin`), bytes);
  await writeFileAtomic(join(folder, `${name}.json`), `${JSON.stringify(record)}\n`);
  await removeAllBut(await keptNames(folder, state.step), folder);
}

/** The newest records up to this step: later ones were passed over when the run went on, so they are damaged. */
async function keptNames(folder: string, step: number): Promise<ReadonlySet<string>> {
  const upTo = (await recordNames(folder)).filter((name) => stepOf(name) <= step);
  return new Set(upTo.slice(0, KEPT));
}

/** With them goes what a kill left: bytes without a record. Records first: bytes alone are no checkpoint. */
async function removeAllBut(kept: ReadonlySet<string>, folder: string): Promise<void> {
  const files = await readdir(folder);
  for (const file of files.filter((one) => HALF_WRITTEN.test(one))) await rm(join(folder, file), { force: true });
  for (const ending of ['.json', '.bin']) {
    for (const file of files.filter((one) => one.endsWith(ending))) {
      const name = FILE.exec(file)?.[1];
      if (name !== undefined && !kept.has(name)) await rm(join(folder, file), { force: true });
    }
  }
}

/**
 * The newest checkpoint whose bytes are whole; a damaged one is passed over for the one before.
 * @throws WinnowError DATA_CORRUPT where a file is there and cannot be read: that is no reason to begin again
 */
export async function readLatestCheckpoint(folder: string): Promise<Checkpoint | null> {
  for (const name of await recordNames(folder)) {
    const checkpoint = await readCheckpoint(folder, name);
    if (checkpoint !== null) return checkpoint;
  }
  return null;
}

async function readCheckpoint(folder: string, name: string): Promise<Checkpoint | null> {
  const [text, bytes] = [
    await readIfThere(join(folder, `${name}.json`)),
    await readIfThere(join(folder, `${name}.bin`)),
  ];
  const record = text === null ? null : parseRecord(text);
  if (record === null || bytes === null || sha256(bytes) !== record.sha256) return null;
  return { bytes: new Uint8Array(bytes), state: record.state };
}

async function readIfThere(file: string): Promise<Buffer | null> {
  return readFile(file).catch((error: unknown) => nullIfAbsent(error, file));
}

function nullIfAbsent(error: unknown, file: string, otherwise = 'remove the folder that it is in'): null {
  if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
  throw new WinnowError('DATA_CORRUPT', 'A checkpoint cannot be read', {
    where: file,
    next: `Make it readable, or ${otherwise} to begin again.`,
    cause: error,
  });
}

function parseRecord(bytes: Buffer): CheckpointRecord | null {
  try {
    return JSON.parse(bytes.toString('utf8')) as CheckpointRecord;
  } catch {
    return null;
  }
}

/** Names without extension, newest first. */
async function recordNames(folder: string): Promise<string[]> {
  const files = (await readdir(folder).catch((error: unknown) => nullIfAbsent(error, folder, 'move it away'))) ?? [];
  return files.flatMap((file) => RECORD.exec(file)?.[1] ?? []).sort((a, b) => stepOf(b) - stepOf(a));
}

function stepOf(name: string): number {
  return Number(name.slice('step-'.length));
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
