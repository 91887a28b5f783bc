import { open, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';

import type { EpochMetrics } from '@winnow/contracts';
import { WinnowError } from '@winnow/contracts';
import { fileError, syncFolder, systemErrorCode, writeFileAtomic } from '@winnow/files';

/** Appends one line and waits until it is on the disk. */
export async function appendMetricsLine(path: string, metrics: EpochMetrics): Promise<void> {
  try {
    const handle = await open(path, 'a');
    let isNew: boolean;
    try {
      isNew = (await handle.stat()).size === 0;
      await handle.writeFile(`${JSON.stringify(metrics)}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
    if (isNew) await syncFolder(dirname(path));
  } catch (error) {
    throw fileError(error, path);
  }
}

/**
 * The epochs of a metrics.jsonl, none where the file is missing. A last line without its newline was cut off by a
 * kill and is left out.
 * @throws WinnowError DATA_CORRUPT for a whole line that is not a record
 */
export async function readMetrics(path: string): Promise<EpochMetrics[]> {
  const lines = (await readTextOrEmpty(path)).split('\n').slice(0, -1);
  return lines.map((line, index) => parseLine(line, `${path}:${index + 1}`));
}

/** How far a metrics.jsonl was read. */
export interface MetricsPosition {
  /** Of the file: one that was trimmed is another. */
  readonly inode: number;
  /** Bytes of the whole lines that were read. */
  readonly offset: number;
  readonly metrics: readonly EpochMetrics[];
}

export const NO_METRICS: MetricsPosition = { inode: 0, offset: 0, metrics: [] };

/**
 * What came since: reads from the offset alone. Another file in its place was trimmed by a training that goes on from a
 * checkpoint, and is read anew.
 * @throws WinnowError DATA_CORRUPT for a whole line that is not a record
 */
export async function followMetrics(path: string, before: MetricsPosition): Promise<MetricsPosition> {
  const handle = await open(path, 'r').catch((error: unknown) => {
    if (systemErrorCode(error) === 'ENOENT') return null;
    throw fileError(error, path);
  });
  if (handle === null) return NO_METRICS;
  try {
    const { size, ino: inode } = await handle.stat();
    const { offset, metrics } = inode === before.inode && size >= before.offset ? before : NO_METRICS;
    const bytes = Buffer.alloc(size - offset);
    const { bytesRead } = await handle.read(bytes, 0, bytes.length, offset);
    const whole = bytes.subarray(0, bytes.lastIndexOf('\n', bytesRead) + 1);
    if (whole.length === 0) return { inode, offset, metrics };
    const lines = whole.toString('utf8').split('\n').slice(0, -1);
    const added = lines.map((line, index) => parseLine(line, `${path}:${metrics.length + index + 1}`));
    return { inode, offset: offset + whole.length, metrics: [...metrics, ...added] };
  } finally {
    await handle.close();
  }
}

/**
 * Drops the lines beyond `epoch` (and a torn one), so that a resumed run writes them again exactly once.
 * @throws WinnowError DATA_CORRUPT, and changes nothing, where one of the epochs up to it is missing
 */
export async function trimMetrics(path: string, epoch: number): Promise<EpochMetrics[]> {
  const text = await readTextOrEmpty(path);
  const kept = (await readMetrics(path)).filter((metrics) => metrics.epoch <= epoch);
  requireAll(kept, epoch, path);
  const wanted = kept.map((metrics) => `${JSON.stringify(metrics)}\n`).join('');
  if (wanted !== text) await writeFileAtomic(path, wanted);
  return kept;
}

/** Lines are on the disk before their checkpoint is, so only a lost or changed file lacks them. */
function requireAll(kept: readonly EpochMetrics[], epoch: number, path: string): void {
  if (kept.length === epoch && kept.every((metrics, index) => metrics.epoch === index + 1)) return;
  const there = new Set(kept.map((metrics) => metrics.epoch));
  const lost = Array.from({ length: epoch }, (_, index) => index + 1).find((one) => !there.has(one));
  const what = lost === undefined ? 'hold epochs out of order' : `lack epoch ${lost}`;
  throw new WinnowError('DATA_CORRUPT', `The metrics ${what}, and the checkpoint has done ${epoch}`, {
    where: path,
    next: 'Put the file back from a copy, or move the run folder aside and train again.',
  });
}

async function readTextOrEmpty(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return '';
    throw fileError(error, path);
  }
}

function parseLine(line: string, where: string): EpochMetrics {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value === 'object' && value !== null && 'epoch' in value && typeof value.epoch === 'number')
      return value as EpochMetrics;
  } catch {
    // Told below, with its place.
  }
  throw new WinnowError('DATA_CORRUPT', 'This line of the metrics is not a record of an epoch', {
    where,
    next: 'Move the run folder aside and train again.',
  });
}
