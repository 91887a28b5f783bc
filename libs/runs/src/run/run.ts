import { createHash } from 'node:crypto';
import { join } from 'node:path';

import { type EpochMetrics, type JsonValue, type RunSummary, WinnowError } from '@winnow/contracts';

import { writeFileAtomic } from '@winnow/files';
import { type Checkpoint, type CheckpointState, readLatestCheckpoint, saveCheckpointFiles } from './checkpoint-store';
import { encodeScalarEvents, epochEvents } from '../report/scalar-events';
import { appendMetricsLine } from './metrics-file';
import { modelCard } from '../report/model-card';
import { runCurvesSvg } from '../report/run-curves';
import type { RunManifest } from './run-manifest';
import type { RunState } from './run-record-files';

/** An open run folder. Made by openRun; one writer at a time. */
export class Run {
  readonly #metrics: EpochMetrics[];
  #manifest: RunManifest;
  #summary: RunSummary | null;

  /** @param opened what openRun found or made on the disk */
  constructor(
    readonly folder: string,
    /** `new`, `resumed` (goes on from latestCheckpoint) or `finished` (summary tells the result; nothing to do). */
    readonly status: 'new' | 'resumed' | 'finished',
    private readonly opened: {
      readonly manifest: RunManifest;
      readonly config: JsonValue;
      readonly metrics: readonly EpochMetrics[];
      readonly summary: RunSummary | null;
    },
  ) {
    this.#manifest = opened.manifest;
    this.#metrics = [...opened.metrics];
    this.#summary = opened.summary;
  }

  get identity(): string {
    return this.#manifest.identity;
  }

  get manifest(): RunManifest {
    return this.#manifest;
  }

  /** Epochs so far, in order. */
  get metrics(): readonly EpochMetrics[] {
    return this.#metrics;
  }

  /** Null until finish. */
  get summary(): RunSummary | null {
    return this.#summary;
  }

  /**
   * Adds a line to metrics.jsonl; on the disk when this returns.
   * @throws WinnowError INTERNAL unless it is the epoch after the last one
   */
  async appendMetrics(metrics: EpochMetrics): Promise<void> {
    const expected = (this.#metrics.at(-1)?.epoch ?? 0) + 1;
    if (metrics.epoch !== expected)
      throw new WinnowError('INTERNAL', `Epoch ${metrics.epoch} came where epoch ${expected} was due`, {
        where: this.folder,
        next: 'Report this as a bug; remove the folder to train afresh.',
      });
    await appendMetricsLine(join(this.folder, 'metrics.jsonl'), metrics);
    this.#metrics.push(metrics);
  }

  /** Replaces nothing until it is whole; the two newest are kept. Call it after appendMetrics of its epoch. */
  async saveCheckpoint(bytes: Uint8Array, state: CheckpointState): Promise<void> {
    await saveCheckpointFiles(join(this.folder, 'checkpoints'), { bytes, state });
  }

  /** The newest whole checkpoint, or null before the first. */
  async latestCheckpoint(): Promise<Checkpoint | null> {
    return await readLatestCheckpoint(join(this.folder, 'checkpoints'));
  }

  /** Writes the trained weights; `finish` records their digest in the manifest. @param name within the folder */
  async writeWeights(name: string, bytes: Uint8Array): Promise<void> {
    await this.#write(name, bytes);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    this.#manifest = { ...this.#manifest, weights: { name, sizeBytes: bytes.length, sha256 } };
  }

  /** Writes summary, curves, TensorBoard events, model card and the final manifest, then marks the run finished. */
  async finish(summary: RunSummary): Promise<void> {
    this.#manifest = {
      ...this.#manifest,
      wallSeconds: summary.seconds,
      peakMemoryBytes: summary.peakMemoryBytes,
    };
    this.#summary = summary;
    const startSeconds = Date.parse(this.#manifest.startedAt) / 1000;
    const card = modelCard({ manifest: this.#manifest, summary, config: this.opened.config });
    await this.#write('curves.svg', runCurvesSvg(this.#metrics));
    await this.#write('model-card.md', card);
    await this.#write(
      `events.out.tfevents.${Math.floor(startSeconds)}.winnow`,
      encodeScalarEvents(epochEvents(this.#metrics, startSeconds), startSeconds),
    );
    await this.#write('manifest.json', prettyJson(this.#manifest));
    await this.#write('summary.json', prettyJson(summary));
    const state: RunState = { identity: this.identity, status: 'finished' };
    await this.#write('state.json', prettyJson(state));
  }

  async #write(name: string, content: Uint8Array | string): Promise<void> {
    await writeFileAtomic(join(this.folder, name), content);
  }
}

function prettyJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
