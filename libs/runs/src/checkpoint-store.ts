import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';

import type { JsonValue } from '@winnow/contracts';

import { fileError } from './file-error';
import { writeFileAtomic } from './write-file-atomic';

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
const RECORD = /^step-(\d+)\.json$/;

/** Writes the bytes, then the record that names their digest: the record's rename is what makes it a checkpoint. */
export async function saveCheckpointFiles(folder: string, { bytes, state }: Checkpoint): Promise<void> {
  const name = `step-${String(state.step).padStart(9, '0')}`;
  const record: CheckpointRecord = { sha256: sha256(bytes), state };
  await mkdir(folder, { recursive: true }).catch((error: unknown) => {
    throw fileError(error, folder);
  });
  await writeFileAtomic(join(folder, `${name}.bin`), bytes);
  await writeFileAtomic(join(folder, `${name}.json`), `${JSON.stringify(record)}\n`);
  for (const old of (await recordNames(folder)).slice(KEPT)) {
    await rm(join(folder, `${old}.json`), { force: true });
    await rm(join(folder, `${old}.bin`), { force: true });
  }
}

/** The newest checkpoint whose bytes are whole; a damaged one is passed over for the one before. */
export async function readLatestCheckpoint(folder: string): Promise<Checkpoint | null> {
  for (const name of await recordNames(folder)) {
    const checkpoint = await readCheckpoint(folder, name);
    if (checkpoint !== null) return checkpoint;
  }
  return null;
}

async function readCheckpoint(folder: string, name: string): Promise<Checkpoint | null> {
  try {
    const record = JSON.parse(await readFile(join(folder, `${name}.json`), 'utf8')) as CheckpointRecord;
    const bytes = await readFile(join(folder, `${name}.bin`));
    return sha256(bytes) === record.sha256 ? { bytes: new Uint8Array(bytes), state: record.state } : null;
  } catch {
    return null;
  }
}

/** Names without extension, newest first. */
async function recordNames(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  const steps = names.flatMap((name) => RECORD.exec(name)?.[1] ?? []);
  return steps.sort((a, b) => Number(b) - Number(a)).map((step) => `step-${step}`);
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
